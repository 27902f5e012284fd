import type { Kysely } from 'kysely';
import type { PostingReader, Postings } from './posting-reader.ts';
import type { Schema } from './schema.ts';
import { readSeqs } from './seq-list.ts';

const rowsAtOnce = 500;
const pagesAtOnce = 8;
const mostRowsBetween = 4_000;
const mostPagesBetween = 48;

/** Finds the records that a term of the index names. */
export class TermReader implements PostingReader {
  readonly #sql: Kysely<Schema>;
  readonly #term: string;
  readonly #start: number;

  constructor(sql: Kysely<Schema>, term: string, start: number) {
    this.#sql = sql;
    this.#term = term;
    this.#start = start;
  }

  async readBefore(end: number): Promise<Postings> {
    const [rows, pages] = await Promise.all([
      this.#selectRows(this.#start, end, rowsAtOnce),
      this.#selectPages(end).limit(pagesAtOnce).execute(),
    ]);
    const floorOfRows = rows.length < rowsAtOnce ? this.#start : (rows.at(-1) ?? this.#start);
    const oldest = pages.length < pagesAtOnce ? this.#start : (pages.at(-1)?.first_seq ?? this.#start);
    const floor = Math.max(this.#start, floorOfRows, oldest);
    const seqs = new Set([...rows, ...pages.flatMap((page) => readSeqs(page.seqs))]);
    return { seqs: order(seqs, floor, end), floor };
  }

  async readBetween(from: number, end: number): Promise<ReadonlySet<number> | undefined> {
    const start = Math.max(from, this.#start);
    const [rows, pages] = await Promise.all([
      this.#selectRows(start, end, mostRowsBetween + 1),
      this.#selectPages(end)
        .where('first_seq', '>=', ({ fn, selectFrom, val }) =>
          // Pages of a term do not overlap: the last that begins at or before the start is the first to look at.
          fn.coalesce(
            selectFrom('ledger_term_pages')
              .select(({ fn: own }) => own.max('first_seq').as('first'))
              .where('term', '=', this.#term)
              .where('first_seq', '<=', start),
            val(0),
          ),
        )
        .limit(mostPagesBetween + 1)
        .execute(),
    ]);
    if (rows.length > mostRowsBetween || pages.length > mostPagesBetween) return undefined;
    const found = new Set(rows);
    for (const page of pages)
      for (const seq of readSeqs(page.seqs)) if (seq >= start && seq < end) found.add(seq);
    return found;
  }

  async #selectRows(start: number, end: number, limit: number): Promise<number[]> {
    const rows = await this.#sql
      .selectFrom('ledger_terms')
      .select('seq')
      .where('term', '=', this.#term)
      .where('seq', '>=', start)
      .where('seq', '<', end)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ seq }) => seq);
  }

  #selectPages(end: number) {
    return this.#sql
      .selectFrom('ledger_term_pages')
      .select(['first_seq', 'seqs'])
      .where('term', '=', this.#term)
      .where('first_seq', '<', end)
      .orderBy('first_seq', 'desc');
  }
}

/** Newest first. */
export function order(seqs: Iterable<number>, floor: number, end: number): number[] {
  return [...seqs].filter((seq) => seq >= floor && seq < end).sort((one, other) => other - one);
}
