import { type HashAt, hashLeaf, MerkleFrontier } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { keptLevels } from '../plugins/database/ledger-layout.ts';
import type { Schema } from '../plugins/database/schema.ts';

/** Roots of complete subtrees, from the node rows and, below those, from the entries themselves. */
export function readTree(sql: Kysely<Schema>): HashAt {
  return async (level, index) => {
    const above = level % keptLevels;
    const width = 2 ** above;
    const base = level - above;
    const first = index * width;
    const hashes =
      base === 0 ? await hashEntries(sql, first, width) : await readNodes(sql, base, first, width);
    if (hashes.length !== width) throw new Error('a part of the ledger tree is missing');
    const subtree = new MerkleFrontier();
    for (const hash of hashes) subtree.append(hash);
    return subtree.root();
  };
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
