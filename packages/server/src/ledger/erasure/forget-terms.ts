import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { listRecordTerms, writeTerm } from '../../plugins/database/record-terms.ts';
import { readSeqs, writeSeqs } from '../../plugins/database/seq-list.ts';
import { readRecord, type StoredRecord } from '../ledger-record.ts';
import { showWhole } from '../search/search-group.ts';
import { selectRecords } from '../select-records.ts';
import { forgetValues } from './forget-values.ts';

const seqsAtOnce = 200;

/**
 * What a payload says, it is not found by any more; kind and causes are public in the tree and stay. Does nothing for
 * those whose key is gone: their terms went before it.
 */
export async function forgetTerms(store: Context['store'], seqs: readonly number[]): Promise<void> {
  await store.index();
  for (let from = 0; from < seqs.length; from += seqsAtOnce) {
    const some = seqs.slice(from, from + seqsAtOnce);
    const rows = await selectRecords(store.sql).where('entries.seq', 'in', some).execute();
    const records = rows
      .map((row) => showWhole(readRecord(store, row)))
      .filter(({ body }) => body !== undefined);
    const byTerm = listTerms(records);
    await store.transaction(async (tx) => {
      for (const [term, gone] of byTerm) await forgetTerm(tx, term, gone);
      for (const record of records) await forgetValues(store, tx, record);
    });
  }
}

function listTerms(records: readonly StoredRecord[]): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  for (const record of records) {
    const shown = new Set([writeTerm('kind', record.kind), ...record.causes]);
    // Terms of the payload are the same whatever the kind is called.
    for (const term of listRecordTerms(record as Parameters<typeof listRecordTerms>[0])) {
      if (shown.has(term)) continue;
      const seqs = found.get(term);
      if (seqs === undefined) found.set(term, new Set([record.seq]));
      else seqs.add(record.seq);
    }
  }
  return found;
}

export async function forgetTerm(tx: Transaction, term: string, gone: ReadonlySet<number>): Promise<void> {
  const seqs = [...gone];
  await tx.sql.deleteFrom('ledger_terms').where('term', '=', term).where('seq', 'in', seqs).execute();
  const pages = await tx.sql
    .selectFrom('ledger_term_pages')
    .selectAll()
    .where('term', '=', term)
    .where('first_seq', '<=', Math.max(...seqs))
    .where('last_seq', '>=', Math.min(...seqs))
    .execute();
  for (const page of pages) {
    const left = readSeqs(page.seqs).filter((seq) => !gone.has(seq));
    await tx.sql
      .deleteFrom('ledger_term_pages')
      .where('term', '=', term)
      .where('first_seq', '=', page.first_seq)
      .execute();
    const [first] = left;
    const last = left.at(-1);
    if (first === undefined || last === undefined) continue;
    const row = { term, first_seq: first, last_seq: last, seqs: writeSeqs(left) };
    await tx.sql.insertInto('ledger_term_pages').values(row).execute();
  }
}
