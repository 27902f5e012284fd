import type { RecordKind } from '@countersign/api';
import { clockSlackMs, findEnd, findSeqAt } from './find-seq-at.ts';
import { type LedgerSource, readRecord, type StoredRecord } from './ledger-record.ts';
import { selectRecords } from './select-records.ts';

export interface BackwardsRange {
  readonly kinds: readonly RecordKind[];
  /** Epoch milliseconds. */
  readonly from: number;
  /** Exclusive; absent: from the newest on. */
  readonly before?: number;
}

export interface BackwardsPage {
  /** Newest first. */
  readonly items: readonly StoredRecord[];
  /** All records from this one on have been read. */
  readonly seq: number;
}

const seqsAtOnce = 500;

/** The records of some kinds, newest first, in pages of bounded size: a reader holds no more than one of them. */
export async function* readBackwards(
  store: LedgerSource,
  { kinds, from, before }: BackwardsRange,
): AsyncGenerator<BackwardsPage, void, void> {
  const { sql } = store;
  const start = await findSeqAt(sql, from - clockSlackMs);
  let end = before ?? (await findEnd(sql));
  while (end > start) {
    const seq = Math.max(start, end - seqsAtOnce);
    const rows = await selectRecords(sql)
      .where('entries.seq', '>=', seq)
      .where('entries.seq', '<', end)
      .where('entries.kind', 'in', kinds)
      .orderBy('entries.seq', 'desc')
      .execute();
    yield { items: rows.map((row) => readRecord(store, row)).filter(({ at }) => at >= from), seq };
    end = seq;
  }
}
