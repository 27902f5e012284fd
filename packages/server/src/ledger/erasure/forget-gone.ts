import type { Context } from '../../context.ts';
import { writeTerm } from '../../plugins/database/record-terms.ts';
import { readSeqs } from '../../plugins/database/seq-list.ts';
import { blockOf, readBlockSeqs, writeBlockSeqs } from '../../plugins/database/value-pages.ts';
import { forgetTerm } from './forget-terms.ts';

/** A record whose key is gone: of it only what is public in the tree is known. */
export interface GoneRecord {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly entry: string;
}

/**
 * They are found by nothing any more but kind and causes. Their terms cannot be made from what they say, so every page of
 * the index that reaches over them is looked through.
 */
export async function forgetGone(store: Context['store'], gone: readonly GoneRecord[]): Promise<void> {
  const shown = new Map(gone.map(({ seq, kind, entry }) => [seq, listShown(kind, entry)]));
  const isGone = (seq: number, term: string) => shown.get(seq)?.has(term) === false;
  const byTerm = new Map<string, Set<number>>();
  for (const { term, seqs } of await listPages(store, [...shown.keys()])) {
    const some = seqs.filter((seq) => isGone(seq, term));
    if (some.length > 0) byTerm.set(term, new Set([...(byTerm.get(term) ?? []), ...some]));
  }
  await store.transaction(async (tx) => {
    for (const [term, seqs] of byTerm) await forgetTerm(tx, term, seqs);
  });
  await forgetGoneValues(store, new Set(shown.keys()));
}

function listShown(kind: string, entry: string): ReadonlySet<string> {
  const { causes = [] }: { readonly causes?: readonly string[] } = JSON.parse(entry);
  return new Set([writeTerm('kind', kind), ...causes]);
}

async function listPages({ sql }: Context['store'], seqs: readonly number[]) {
  const rows = await sql.selectFrom('ledger_terms').selectAll().where('seq', 'in', seqs).execute();
  const pages = await sql
    .selectFrom('ledger_term_pages')
    .selectAll()
    .where('first_seq', '<=', Math.max(...seqs))
    .where('last_seq', '>=', Math.min(...seqs))
    .execute();
  return [
    ...rows.map(({ term, seq }) => ({ term, seqs: [seq] })),
    ...pages.map((page) => ({ term: page.term, seqs: readSeqs(page.seqs) })),
  ];
}

async function forgetGoneValues(store: Context['store'], gone: ReadonlySet<number>): Promise<void> {
  for (const block of new Set([...gone].map(blockOf))) {
    const pages = await store.sql
      .selectFrom('ledger_value_pages')
      .selectAll()
      .where('block', '=', block)
      .execute();
    await store.transaction(async ({ sql }) => {
      for (const page of pages) {
        const all = readBlockSeqs(block, page.seqs);
        const left = all.filter((seq) => !gone.has(seq));
        const [first] = left;
        if (left.length === all.length) continue;
        const { term, first_seq } = page;
        await sql
          .deleteFrom('ledger_value_pages')
          .where('block', '=', block)
          .where('term', '=', term)
          .where('first_seq', '=', first_seq)
          .execute();
        if (first === undefined) continue;
        const row = { block, term, first_seq: first, seqs: writeBlockSeqs(block, left) };
        await sql.insertInto('ledger_value_pages').values(row).execute();
      }
    });
  }
}
