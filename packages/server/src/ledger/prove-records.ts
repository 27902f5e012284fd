import { encodeBase64, proveInclusion } from '@countersign/ledger';
import type { Context } from '../context.ts';
import { readLedgerTree } from './read-ledger-tree.ts';
import { selectRecords } from './select-records.ts';

/** What shows that a record is in the tree, without what it says. */
export interface InclusionOf {
  readonly id: string;
  /** The leaf: canonical JSON. */
  readonly entry: string;
  /** RFC 6962 audit path, base64, lowest first. */
  readonly path: readonly string[];
}

const atOnce = 200;

/** Proofs of many records against one checkpoint, which is over all there is now. Records that are not there are left out. */
export async function proveRecords(
  { store }: Pick<Context, 'store'>,
  ids: readonly string[],
): Promise<{
  readonly checkpoint: string;
  readonly size: number;
  readonly records: readonly InclusionOf[];
}> {
  const { size, note } = await store.checkpoint();
  const tree = readLedgerTree(store.sql);
  const records: InclusionOf[] = [];
  for (let at = 0; at < ids.length; at += atOnce) {
    const rows = await selectRecords(store.sql)
      .where('entries.id', 'in', ids.slice(at, at + atOnce))
      .where('entries.seq', '<', size)
      .execute();
    for (const { id, seq, entry } of rows) {
      const path = await proveInclusion(seq, size, tree);
      records.push({ id, entry, path: path.map(encodeBase64) });
    }
  }
  return { checkpoint: note, size, records };
}
