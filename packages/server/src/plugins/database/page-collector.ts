import type { LedgerRecord } from '@countersign/api';
import { visitRecordTerms } from './record-terms.ts';
import { visitRecordValues } from './record-values.ts';

/** In which records something occurs, in order. */
export type Occurrences = readonly [name: string, seqs: readonly number[]];

export interface CollectedPages {
  readonly terms: readonly Occurrences[];
  /** The values that arguments had. They are written nowhere as they stand here. */
  readonly values: readonly Occurrences[];
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
    const collected = { terms: [...this.#seqs], values: [...this.#values], end: this.#end };
    this.#seqs = new Map();
    this.#values = new Map();
    this.#actions = new Map();
    this.#size = 0;
    return collected;
  }

  putBack({ terms, values }: CollectedPages): void {
    this.#seqs = joinSeqs(terms, this.#seqs);
    this.#values = joinSeqs(values, this.#values);
    this.#size += terms.length;
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
  earlier: readonly Occurrences[],
  later: ReadonlyMap<string, readonly number[]>,
): Map<string, number[]> {
  const all = new Map(earlier.map(([name, seqs]) => [name, [...seqs]]));
  for (const [name, seqs] of later) all.set(name, [...(all.get(name) ?? []), ...seqs]);
  return all;
}
