import { AppError } from '@countersign/api';
import { encodeBase64, nameStream, proveInclusion } from '@countersign/ledger';
import type { Context } from '../context.ts';
import type { LedgerName, Store, StoredCheckpoint } from '../plugins/database/database.ts';
import { positionOf, streamOf } from '../plugins/database/ledger-streams.ts';
import { awaitCheckpoint } from './checkpoints/await-checkpoint.ts';
import { getStreamName } from './checkpoints/name-ledger.ts';
import { readTreeOnce } from './read-tree-once.ts';
import { selectRecords } from './select-records.ts';

/** What shows that a record is in the tree of the stream that its entry names, without what it says. */
export interface InclusionOf {
  readonly id: string;
  /** The leaf: canonical JSON. */
  readonly entry: string;
  /** RFC 6962 audit path, base64, lowest first. */
  readonly path: readonly string[];
}

/** The signed tree of a stream, and how that is named and verified. */
export interface SignedStream extends LedgerName {
  readonly checkpoint: string;
  readonly size: number;
}

export interface ProvenRecords {
  /** Of the first stream, whose key also signs reports. */
  readonly checkpoint: string;
  readonly size: number;
  /** Of the other streams that these records are in; absent when there is none. */
  readonly streams?: readonly SignedStream[];
  readonly records: readonly InclusionOf[];
}

/** Their places in the tree are asked for in one statement, which may not become too long. */
const atOnce = 32;

/**
 * Proofs of many records against one checkpoint of each stream that they are in. Records that are not there are left out, and
 * so are those that no checkpoint covers yet: of gateways that were killed before they signed.
 */
export async function proveRecords(
  { store }: Pick<Context, 'store'>,
  ids: readonly string[],
): Promise<ProvenRecords> {
  const rows: { readonly id: string; readonly seq: number; readonly entry: string }[] = [];
  for (let at = 0; at < ids.length; at += atOnce)
    rows.push(
      ...(await selectRecords(store.sql)
        .where('entries.id', 'in', ids.slice(at, at + atOnce))
        .execute()),
    );
  const mostOfFirst = rows.reduce(
    (most, { seq }) => (streamOf(seq) === 0 ? Math.max(most, seq + 1) : most),
    0,
  );
  const first = (await findTree(store, 0, mostOfFirst)) ?? (await awaitCheckpoint(store, 0, 0));
  const trees = new Map([[0, first]]);
  for (const stream of new Set(rows.map(({ seq }) => streamOf(seq)))) {
    const places = rows.flatMap(({ seq }) => (streamOf(seq) === stream ? [positionOf(seq) + 1] : []));
    const tree = stream === 0 ? undefined : await findTree(store, stream, Math.max(...places));
    if (tree !== undefined) trees.set(stream, tree);
  }
  const records: InclusionOf[] = [];
  for (const [stream, { size }] of trees) {
    const signed = rows.filter(({ seq }) => streamOf(seq) === stream && positionOf(seq) < size);
    for (let at = 0; at < signed.length; at += atOnce) {
      const some = signed.slice(at, at + atOnce);
      const paths = await readTreeOnce(
        store.sql,
        (hashAt) => Promise.all(some.map(({ seq }) => proveInclusion(positionOf(seq), size, hashAt))),
        stream,
      );
      for (const [number, { id, entry }] of some.entries())
        records.push({ id, entry, path: (paths[number] ?? []).map(encodeBase64) });
    }
  }
  const streams = await Promise.all(
    [...trees].flatMap(([stream, { note, size }]) =>
      stream === 0 ? [] : [nameSigned(store, stream, { checkpoint: note, size })],
    ),
  );
  const others = streams.length === 0 ? {} : { streams };
  return { checkpoint: first.note, size: first.size, ...others, records };
}

/** Over all of these where their gateway has signed them, else what it did sign. */
async function findTree(store: Store, stream: number, reach: number): Promise<StoredCheckpoint | undefined> {
  for (const size of [reach, 0]) {
    try {
      return await awaitCheckpoint(store, stream, size);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'ledger.not_signed') throw thrown;
    }
  }
  return undefined;
}

async function nameSigned(
  store: Context['store'],
  stream: number,
  tree: Pick<SignedStream, 'checkpoint' | 'size'>,
): Promise<SignedStream> {
  const { origin, vkey } = await getStreamName(store, stream);
  return { stream: nameStream(stream), origin, vkey, ...tree };
}
