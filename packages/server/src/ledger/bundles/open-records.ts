import { AppError, type RetentionClass, retentionClassOf } from '@countersign/api';
import { type BundleRecord, type ChosenRecord, parseEntry } from '@countersign/ledger';
import { type LedgerSource, openRecord, readRecord } from '../ledger-record.ts';
import { findWithheld, type Reading } from '../scope/reading.ts';
import { selectRecords } from '../select-records.ts';

const seqsPerRead = 500;

export interface OpenedRecords {
  readonly records: readonly ChosenRecord[];
  /** There was more text than goes in. */
  readonly truncated: boolean;
}

interface OpeningBounds {
  readonly without: readonly RetentionClass[];
  readonly mostBytes: number;
  /** Absent for what is the reader's own. */
  readonly reading?: Reading;
}

/** The records with what their commitments open to, as far as it is there and not to be left out. In the order of the ledger. */
export async function openRecords(
  store: LedgerSource,
  seqs: readonly number[],
  { without, mostBytes, reading }: OpeningBounds,
): Promise<OpenedRecords> {
  const records: ChosenRecord[] = [];
  let bytes = 0;
  for (let start = 0; start < seqs.length; start += seqsPerRead) {
    const rows = await selectRecords(store.sql)
      .where('entries.seq', 'in', seqs.slice(start, start + seqsPerRead))
      .orderBy('entries.seq')
      .execute();
    for (const row of rows) {
      const entry = parseEntry(JSON.parse(row.entry));
      if (entry === undefined) throw new AppError('ledger.tampered', { detail: 'an entry is malformed' });
      const kept = reading && findWithheld(reading, readRecord(store, row));
      const isLeftOut = without.includes(retentionClassOf(row.kind));
      const opening = kept ?? (isLeftOut ? 'left_out' : open(store, row));
      if (typeof opening !== 'string') bytes += opening.payload.length;
      records.push({ entry, opening: kept === undefined && bytes > mostBytes ? 'left_out' : opening });
    }
  }
  return { records, truncated: bytes > mostBytes };
}

function open(store: LedgerSource, row: Parameters<typeof openRecord>[1]): BundleRecord['opening'] {
  const read = openRecord(store, row);
  return typeof read === 'string' ? read : read.opening;
}
