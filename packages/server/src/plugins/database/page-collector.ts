import type { LedgerRecord } from '@countersign/api';
import { visitRecordTerms } from './record-terms.ts';
import { visitRecordValues } from './record-values.ts';
import { readSeqs, writeSeqs } from './seq-list.ts';

/** One row of `ledger_term_pages`: where a term occurs among some records, in order. */
export interface TermPage {
  readonly term: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly seqs: Uint8Array;
}

/** A value that arguments had, and in which records, in order. It is written nowhere as it stands here. */
export interface CollectedValue {
  readonly value: string;
  readonly seqs: readonly number[];
}

export interface CollectedPages {
  readonly pages: readonly TermPage[];
  readonly values: readonly CollectedValue[];
  /** The first `seq` that is not in them. */
  readonly end: number;
}

/**
 * Whether a record is found through pages instead of rows of its own. Those of the path are: a call makes three, which
 * share their terms with those of a thousand other calls.
 */
export function isPaged(kind: string): boolean {
  return kind.startsWith('action.');
}

/** Gathers the terms of records that have become durable, until they are worth a write. */
export class PageCollector {
  #seqs = new Map<string, number[]>();
  #values = new Map<string, number[]>();
  /** Of each record, its action: what its own action's records name as a cause is found by the action. */
  #actions = new Map<string, string>();
  #end: number;
  #size = 0;

  constructor(end: number) {
    this.#end = end;
  }

  /** About how many records wait. */
  get size(): number {
    return this.#size;
  }

  /** In the order of the ledger; those that were told before are passed over. */
  add(records: readonly LedgerRecord[], firstSeq: number): void {
    for (const [offset, record] of records.entries()) {
      const seq = firstSeq + offset;
      if (seq < this.#end) continue;
      this.#end = seq + 1;
      if (isPaged(record.kind)) this.#collect(record, seq);
    }
  }

  /** Hands over what waits; `putBack` it when it could not be written. */
  take(): CollectedPages {
    const pages = [...this.#seqs].map(([term, seqs]) => writePage(term, seqs));
    const values = [...this.#values].map(([value, seqs]) => ({ value, seqs }));
    this.#seqs = new Map();
    this.#values = new Map();
    this.#actions = new Map();
    this.#size = 0;
    return { pages, values, end: this.#end };
  }

  putBack({ pages, values }: CollectedPages): void {
    this.#seqs = joinSeqs(
      pages.map(({ term, seqs }) => [term, readSeqs(seqs)]),
      this.#seqs,
    );
    this.#values = joinSeqs(
      values.map(({ value, seqs }) => [value, [...seqs]]),
      this.#values,
    );
    this.#size += pages.length;
  }

  #collect(record: LedgerRecord, seq: number): void {
    const { action } = record;
    this.#size += 1;
    if (action !== undefined) this.#actions.set(record.id, action);
    visitRecordTerms(record, (term) => {
      if (term.startsWith('rec_') && action !== undefined && this.#actions.get(term) === action) return;
      addSeq(this.#seqs, term, seq);
    });
    visitRecordValues(record, (value) => addSeq(this.#values, value, seq));
  }
}

function addSeq(all: Map<string, number[]>, name: string, seq: number): void {
  const seqs = all.get(name);
  if (seqs === undefined) all.set(name, [seq]);
  else if (seqs.at(-1) !== seq) seqs.push(seq);
}

function joinSeqs(
  earlier: readonly (readonly [string, number[]])[],
  later: ReadonlyMap<string, readonly number[]>,
): Map<string, number[]> {
  const all = new Map(earlier);
  for (const [name, seqs] of later) all.set(name, [...(all.get(name) ?? []), ...seqs]);
  return all;
}

function writePage(term: string, seqs: readonly number[]): TermPage {
  return { term, firstSeq: seqs[0] ?? 0, lastSeq: seqs.at(-1) ?? 0, seqs: writeSeqs(seqs) };
}
