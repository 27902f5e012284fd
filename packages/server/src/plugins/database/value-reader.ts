import type { Kysely } from 'kysely';
import type { PostingReader, Postings } from './posting-reader.ts';
import type { Schema } from './schema.ts';
import type { PayloadKeys } from './sealing/payload-keys.ts';
import { recordsPerBlock } from './sealing/payload-keys.ts';
import { order } from './term-reader.ts';
import { blockOf, hideValue, readBlockSeqs } from './value-pages.ts';

/** A block takes one probe of the index: 4 million records a step. */
const blocksAtOnce = 256;
/** The plan of a statement with 256 alternatives takes SQLite 10 ms, those of four with 64 about 1. */
const placesAtOnce = 64;

interface Place {
  readonly block: number;
  readonly term: number;
}

/** Finds the calls that had a value, as `foldValue` writes it, among their arguments. */
export class ValueReader implements PostingReader {
  readonly #sql: Kysely<Schema>;
  readonly #keys: PayloadKeys;
  readonly #value: string;
  readonly #start: number;
  readonly #newest: number;

  /** `newest` is the first `seq` that is not there yet. */
  constructor(
    { sql, keys }: { readonly sql: Kysely<Schema>; readonly keys: PayloadKeys },
    value: string,
    { start, newest }: { readonly start: number; readonly newest: number },
  ) {
    this.#sql = sql;
    this.#keys = keys;
    this.#value = value;
    this.#start = start;
    this.#newest = newest;
  }

  async readBefore(end: number): Promise<Postings> {
    const last = blockOf(Math.min(end, this.#newest) - 1);
    const first = Math.max(blockOf(this.#start), last - blocksAtOnce + 1);
    const floor = Math.max(this.#start, first * recordsPerBlock);
    return { seqs: order(await this.#probe(first, last), floor, end), floor };
  }

  async readBetween(from: number, end: number): Promise<ReadonlySet<number> | undefined> {
    const first = blockOf(Math.max(from, this.#start));
    const last = blockOf(Math.min(end, this.#newest) - 1);
    if (last - first >= blocksAtOnce) return undefined;
    return new Set(order(await this.#probe(first, last), Math.max(from, this.#start), end));
  }

  async #probe(first: number, last: number): Promise<number[]> {
    const places: Place[] = [];
    for (let block = first; block <= last; block += 1) {
      const key = this.#keys.deriveIndexKey(block);
      if (key !== undefined) places.push({ block, term: hideValue(key, this.#value) });
    }
    const parts = Array.from({ length: Math.ceil(places.length / placesAtOnce) }, (_, part) =>
      this.#readPlaces(places.slice(part * placesAtOnce, (part + 1) * placesAtOnce)),
    );
    return (await Promise.all(parts)).flat();
  }

  async #readPlaces(places: readonly Place[]): Promise<number[]> {
    const rows = await this.#sql
      .selectFrom('ledger_value_pages')
      .select(['block', 'seqs'])
      .where(({ or, and, eb }) =>
        or(places.map(({ block, term }) => and([eb('block', '=', block), eb('term', '=', term)]))),
      )
      .execute();
    return rows.flatMap(({ block, seqs }) => readBlockSeqs(block, seqs));
  }
}
