import { encodeBase64, proveInclusion } from '@countersign/ledger';
import type { Context } from '../context.ts';
import { readTreeOnce } from './read-tree-once.ts';
import { selectRecords } from './select-records.ts';

/** What shows that a record is in the tree, without what it says. */
export interface InclusionOf {
  readonly id: string;
  /** The leaf: canonical JSON. */
  readonly entry: string;
  /** RFC 6962 audit path, base64, lowest first. */
  readonly path: readonly string[];
}

/** Their places in the tree are asked for in one statement, which may not become too long. */
const atOnce = 32;

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
  const records: InclusionOf[] = [];
  for (let at = 0; at < ids.length; at += atOnce) {
    const rows = await selectRecords(store.sql)
      .where('entries.id', 'in', ids.slice(at, at + atOnce))
      .where('entries.seq', '<', size)
      .execute();
    const paths = await readTreeOnce(store.sql, (hashAt) =>
      Promise.all(rows.map(({ seq }) => proveInclusion(seq, size, hashAt))),
    );
    for (const [number, { id, entry }] of rows.entries())
      records.push({ id, entry, path: (paths[number] ?? []).map(encodeBase64) });
  }
  return { checkpoint: note, size, records };
}
