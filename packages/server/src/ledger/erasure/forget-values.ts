import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { visitRecordValues } from '../../plugins/database/record-values.ts';
import { blockOf, hideValue, readBlockSeqs, writeBlockSeqs } from '../../plugins/database/value-pages.ts';
import type { StoredRecord } from '../ledger-record.ts';

/** The values of a record's arguments, hidden as they stand in the index, go from it too. */
export async function forgetValues(
  { keyring }: Context['store'],
  tx: Transaction,
  record: StoredRecord,
): Promise<void> {
  const block = blockOf(record.seq);
  const key = keyring.keys.deriveIndexKey(block);
  if (key === undefined || record.body === undefined) return;
  const terms = new Set<number>();
  visitRecordValues(record as LedgerRecord, (value) => terms.add(hideValue(key, value)));
  for (const term of terms) await forgetTerm(tx, { block, term, seq: record.seq });
}

async function forgetTerm(
  tx: Transaction,
  { block, term, seq }: { readonly block: number; readonly term: number; readonly seq: number },
): Promise<void> {
  const pages = await tx.sql
    .selectFrom('ledger_value_pages')
    .selectAll()
    .where('block', '=', block)
    .where('term', '=', term)
    .execute();
  for (const page of pages) {
    const all = readBlockSeqs(block, page.seqs);
    const left = all.filter((one) => one !== seq);
    if (left.length === all.length) continue;
    const { first_seq } = page;
    await tx.sql
      .deleteFrom('ledger_value_pages')
      .where('block', '=', block)
      .where('term', '=', term)
      .where('first_seq', '=', first_seq)
      .execute();
    const [first] = left;
    if (first === undefined) continue;
    const row = { block, term, first_seq: first, seqs: writeBlockSeqs(block, left) };
    await tx.sql.insertInto('ledger_value_pages').values(row).execute();
  }
}
