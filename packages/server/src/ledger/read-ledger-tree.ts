import type { HashAt } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { firstNodeOf, firstSeqOf } from '../plugins/database/ledger-streams.ts';
import { readTree, type TreeRows } from '../plugins/database/read-tree.ts';
import type { Schema } from '../plugins/database/schema.ts';

/** Roots of complete subtrees of a stream, as they are committed now. */
export function readLedgerTree(sql: Kysely<Schema>, stream = 0): HashAt {
  return readTree(readLedgerRows(sql, stream));
}

/** What the tree of a stream is made of, as it is committed now; places count from where the stream begins. */
export function readLedgerRows(sql: Kysely<Schema>, stream = 0): TreeRows {
  const base = firstSeqOf(stream);
  return {
    readEntries: async (first, end) => {
      const rows = await sql
        .selectFrom('ledger_entries')
        .select('entry')
        .where('seq', '>=', base + first)
        .where('seq', '<', base + end)
        .orderBy('seq')
        .execute();
      return rows.map(({ entry }) => entry);
    },
    readNodes: async (level, first, end) => {
      const nodes = firstNodeOf(stream, level);
      const rows = await sql
        .selectFrom('ledger_nodes')
        .select('hash')
        .where('level', '=', level)
        .where('position', '>=', nodes + first)
        .where('position', '<', nodes + end)
        .orderBy('position')
        .execute();
      return rows.map(({ hash }) => hash);
    },
  };
}
