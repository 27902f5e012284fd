import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { readSeqs } from './seq-list.ts';

const rowsAtOnce = 500;
const pagesAtOnce = 8;

/** Walks the records that a term finds, newest first, reading the index in bounded steps. */
export class TermCursor {
  readonly #sql: Kysely<Schema>;
  readonly #term: string;
  readonly #start: number;
  readonly #others: readonly number[];
  /** Descending; complete from `#floor` up to where it was read from. */
  #seqs: readonly number[] = [];
  #floor = Number.POSITIVE_INFINITY;
  #ceiling = Number.NEGATIVE_INFINITY;

  /** `others` are found besides what the index says; nothing below `start` is. */
  constructor(sql: Kysely<Schema>, term: string, start: number, others: readonly number[] = []) {
    this.#sql = sql;
    this.#term = term;
    this.#start = start;
    this.#others = others;
  }

  /** The newest record before `end`; undefined when there is none. */
  async findBefore(end: number): Promise<number | undefined> {
    if (end > this.#ceiling || end <= this.#floor) await this.#read(end);
    for (;;) {
      const found = this.#seqs[this.#countFrom(end)];
      if (found !== undefined) return found;
      if (this.#floor <= this.#start) return undefined;
      await this.#read(this.#floor);
    }
  }

  /** How many of what was read are not before `end`, by halving: a walk asks once for each of thousands. */
  #countFrom(end: number): number {
    let [low, high] = [0, this.#seqs.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#seqs[middle] ?? 0) >= end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async #read(end: number): Promise<void> {
    const [rows, pages] = await Promise.all([this.#readRows(end), this.#readPages(end)]);
    const floor = Math.max(rows.floor, pages.floor);
    const seqs = new Set([...rows.seqs, ...pages.seqs, ...this.#others]);
    this.#seqs = [...seqs].filter((seq) => seq >= floor && seq < end).sort((a, b) => b - a);
    this.#floor = floor;
    this.#ceiling = end;
  }

  async #readRows(end: number) {
    const rows = await this.#sql
      .selectFrom('ledger_terms')
      .select('seq')
      .where('term', '=', this.#term)
      .where('seq', '>=', this.#start)
      .where('seq', '<', end)
      .orderBy('seq', 'desc')
      .limit(rowsAtOnce)
      .execute();
    const floor = rows.length < rowsAtOnce ? this.#start : (rows.at(-1)?.seq ?? this.#start);
    return { seqs: rows.map(({ seq }) => seq), floor };
  }

  async #readPages(end: number) {
    const pages = await this.#sql
      .selectFrom('ledger_term_pages')
      .select(['first_seq', 'seqs'])
      .where('term', '=', this.#term)
      .where('last_seq', '>=', this.#start)
      .where('first_seq', '<', end)
      .orderBy('first_seq', 'desc')
      .limit(pagesAtOnce)
      .execute();
    const floor = pages.length < pagesAtOnce ? this.#start : (pages.at(-1)?.first_seq ?? this.#start);
    return { seqs: pages.flatMap(({ seqs }) => readSeqs(seqs)), floor };
  }
}
