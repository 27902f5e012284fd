import type { Store } from '../../plugins/database/database.ts';
import type { LogReader } from '../../plugins/ledger-sink/log-reader.ts';
import { readLedgerTree } from '../read-ledger-tree.ts';
import { listStreams } from '../streams/list-streams.ts';

/** The first stream as it stands in the store, for sinks that publish it. */
export function createLogReader(store: Store): LogReader {
  return {
    vkey: store.ledger.vkey,
    size: async () => (await listStreams(store.sql))[0]?.end ?? 0,
    checkpoint: () => store.checkpoint(),
    hashAt: readLedgerTree(store.sql),
    readEntries: async (from, to) => {
      const rows = await store.sql
        .selectFrom('ledger_entries')
        .select('entry')
        .where('seq', '>=', from)
        .where('seq', '<', to)
        .orderBy('seq')
        .execute();
      return rows.map(({ entry }) => entry);
    },
  };
}
