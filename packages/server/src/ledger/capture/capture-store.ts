import type { LedgerRecord } from '@countersign/api';
import type { Store, Transaction } from '../../plugins/database/database.ts';

/** The same store, into which no record gets but through the capture: whoever writes one need not think of it. */
export function captureStore(
  store: Store,
  capture: ((record: LedgerRecord) => LedgerRecord) | undefined,
): Store {
  if (capture === undefined) return store;
  const narrow = (tx: Transaction): Transaction => ({
    sql: tx.sql,
    record: (record) => tx.record(capture(record)),
    afterCommit: (run) => tx.afterCommit(run),
  });
  return {
    get sql() {
      return store.sql;
    },
    get ledger() {
      return store.ledger;
    },
    get keyring() {
      return store.keyring;
    },
    get seat() {
      return store.seat;
    },
    nameLedger: (stream) => store.nameLedger(stream),
    cosign: (text, at) => store.cosign(text, at),
    endSeat: (seat) => store.endSeat(seat),
    listLiveStreams: () => store.listLiveStreams(),
    append: (records, effects) => store.append(records.map(capture), effects),
    transaction: (work) => store.transaction((tx) => work(narrow(tx))),
    onAppended: (listener) => store.onAppended(listener),
    index: () => store.index(),
    checkpoint: () => store.checkpoint(),
    destroyKeys: (ranges, erasure) => store.destroyKeys(ranges, erasure),
    reloadKeys: () => store.reloadKeys(),
    scrub: (tables) => store.scrub(tables),
    requireWritable: () => store.requireWritable(),
    close: () => store.close(),
  };
}
