import { type HashAt, hashLeaf, MerkleFrontier } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { StoreFailure } from './failure.ts';
import { keptLevels } from './ledger-layout.ts';
import type { Schema } from './schema.ts';

/** Reads complete subtree roots from the tables: from the kept nodes and, below those, from the entries themselves. */
export function readTree(sql: Kysely<Schema>): HashAt {
  return async (level, index) => {
    const above = level % keptLevels;
    const width = 2 ** above;
    return foldHashes(await readHashes(sql, level - above, index * width, width));
  };
}

/** The leaf hashes, or the kept nodes, from `first` on. Leaves are hashed from the entries, never from a copy. */
export async function readHashes(
  sql: Kysely<Schema>,
  level: number,
  first: number,
  count: number,
): Promise<Uint8Array[]> {
  const hashes =
    level === 0 ? await hashEntries(sql, first, count) : await readNodes(sql, level, first, count);
  if (hashes.length !== count || hashes.some((hash) => hash.length !== 32)) {
    throw new StoreFailure({
      kind: 'refused',
      code: 'ledger.tampered',
      message: 'a record or a tree node is missing',
    });
  }
  return hashes;
}

/** The root over a power of two of hashes. */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const frontier = new MerkleFrontier();
  for (const hash of hashes) frontier.append(hash);
  return frontier.root();
}

async function hashEntries(sql: Kysely<Schema>, first: number, count: number): Promise<Uint8Array[]> {
  const rows = await sql
    .selectFrom('ledger_entries')
    .select('entry')
    .where('seq', '>=', first)
    .where('seq', '<', first + count)
    .orderBy('seq')
    .execute();
  return rows.map(({ entry }) => hashLeaf(entry));
}

async function readNodes(
  sql: Kysely<Schema>,
  level: number,
  first: number,
  count: number,
): Promise<Uint8Array[]> {
  const rows = await sql
    .selectFrom('ledger_nodes')
    .select('hash')
    .where('level', '=', level)
    .where('position', '>=', first)
    .where('position', '<', first + count)
    .orderBy('position')
    .execute();
  return rows.map(({ hash }) => hash);
}
