import { recordKinds } from '@countersign/api';
import type { Context } from '../../context.ts';
import { visitRecordValues } from '../../plugins/database/record-values.ts';
import { blockOf, hideValue, readBlockSeqs, writeBlockSeqs } from '../../plugins/database/value-pages.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { showWhole } from './search-group.ts';

/**
 * These are not found by the values of their arguments any more. Comes before their keys are destroyed: the values are
 * read from what they say. The index has to be up to date.
 */
export async function forgetValues(
  store: Pick<Context['store'], 'keyring' | 'transaction'>,
  records: readonly StoredRecord[],
): Promise<void> {
  const gone = new Set(records.map(({ seq }) => seq));
  const places = listPlaces(store, records);
  await store.transaction(async ({ sql }) => {
    for (const { block, term } of places) {
      const pages = await sql
        .selectFrom('ledger_value_pages')
        .selectAll()
        .where('block', '=', block)
        .where('term', '=', term)
        .execute();
      for (const { first_seq, seqs } of pages) {
        const known = readBlockSeqs(block, seqs);
        const left = known.filter((seq) => !gone.has(seq));
        if (left.length === known.length) continue;
        const [page, first] = [{ block, term, first_seq }, left[0]];
        await sql
          .deleteFrom('ledger_value_pages')
          .where(({ and }) => and(page))
          .execute();
        if (first === undefined) continue;
        const kept = { block, term, first_seq: first, seqs: writeBlockSeqs(block, left) };
        await sql.insertInto('ledger_value_pages').values(kept).execute();
      }
    }
  });
}

function listPlaces({ keyring }: Pick<Context['store'], 'keyring'>, records: readonly StoredRecord[]) {
  const places = new Map<string, { readonly block: number; readonly term: number }>();
  for (const record of records) {
    const block = blockOf(record.seq);
    const key = keyring.keys.deriveIndexKey(block);
    const kind = recordKinds.find((one) => one === record.kind);
    if (key === undefined || kind === undefined) continue;
    const { body = {}, ...facts } = showWhole(record);
    visitRecordValues({ ...facts, kind, body }, (value) => {
      const term = hideValue(key, value);
      places.set(`${block} ${term}`, { block, term });
    });
  }
  return places.values();
}
