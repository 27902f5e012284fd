import type { HashAt } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { readTree, type TreeRows } from '../plugins/database/read-tree.ts';
import type { Schema } from '../plugins/database/schema.ts';

/** Roots of complete subtrees, as they are committed now. */
export function readLedgerTree(sql: Kysely<Schema>): HashAt {
  return readTree(readLedgerRows(sql));
}

/** What the tree is made of, as it is committed now. */
export function readLedgerRows(sql: Kysely<Schema>): TreeRows {
  return {
    readEntries: async (first, end) => {
      const rows = await sql
        .selectFrom('ledger_entries')
        .select('entry')
        .where('seq', '>=', first)
        .where('seq', '<', end)
        .orderBy('seq')
        .execute();
      return rows.map(({ entry }) => entry);
    },
    readNodes: async (level, first, end) => {
      const rows = await sql
        .selectFrom('ledger_nodes')
        .select('hash')
        .where('level', '=', level)
        .where('position', '>=', first)
        .where('position', '<', end)
        .orderBy('position')
        .execute();
      return rows.map(({ hash }) => hash);
    },
  };
}
