import { writeTerm } from '../../plugins/database/record-terms.ts';
import { TermReader } from '../../plugins/database/term-reader.ts';
import { type LedgerSource, readRecord } from '../ledger-record.ts';
import { selectRecords } from '../select-records.ts';
import { readRecords } from './search-group.ts';

/** An action has a handful. */
const mostSiblings = 500;

/** The record that bears the id, and the records of its action that follow from it: these the index finds by the action. */
export async function findNamed(store: LedgerSource, record: string): Promise<number[]> {
  const row = await selectRecords(store.sql).where('entries.id', '=', record).executeTakeFirst();
  if (row === undefined) return [];
  const { action, seq } = readRecord(store, row);
  if (action === undefined) return [seq];
  const siblings: number[] = [];
  const reader = new TermReader(store.sql, writeTerm('id', action), seq);
  for (let end = Number.MAX_SAFE_INTEGER; end > seq && siblings.length < mostSiblings; ) {
    const found = await reader.readBefore(end);
    siblings.push(...found.seqs);
    end = found.floor;
  }
  const read = await readRecords(store, siblings.slice(0, mostSiblings));
  const following = read.filter(({ causes }) => causes.includes(record));
  return [seq, ...following.map((one) => one.seq)];
}
