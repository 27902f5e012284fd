import { matchesTerm, type ResolvedTerm } from '@countersign/core';
import type { PostingReader, Postings } from '../../plugins/database/posting-reader.ts';
import { type LedgerSource, readRecord, type StoredRecord } from '../ledger-record.ts';
import { selectRecords } from '../select-records.ts';

/** One thing that has to hold, and how the index finds where. */
export interface Condition {
  readonly term: ResolvedTerm;
  readonly reader: PostingReader;
  /** False when the index finds more than the term says: then the record itself has to be looked at. */
  readonly isExact: boolean;
}

export interface GroupSearch {
  /** What the index finds; all of them have to hold. */
  readonly conditions: readonly Condition[];
  /** What only the record itself can tell, or has to be absent from it. */
  readonly others: readonly ResolvedTerm[];
  /** Epoch milliseconds, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** The `seq`s that may have such times, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** When no condition says where to look. */
  readonly everything: PostingReader;
}

export interface FoundInGroup {
  /** Newest first. */
  readonly items: readonly StoredRecord[];
  /** Everything from this `seq` on was looked at. */
  readonly horizon: number;
  /** Nothing is left to look at. */
  readonly isComplete: boolean;
}

/** Bounds on the work for one page, whatever is asked: slices of the index, and records that are opened. */
export interface SearchBounds {
  readonly slices: number;
  readonly records: number;
}

const firstSlice = 128;
const largestSlice = 2_048;
const mostRecordsAtOnce = 128;

interface Plan {
  readonly driver: PostingReader;
  /** What the driver says of the newest records, which was read to choose it. */
  readonly newest: Postings | undefined;
  readonly checked: readonly Condition[];
  readonly always: readonly ResolvedTerm[];
}

/** Looks where the rarest condition says, and asks the index or the record for all others. */
export async function searchGroup(
  store: LedgerSource,
  search: GroupSearch,
  { most, bounds }: { readonly most: number; readonly bounds: SearchBounds },
): Promise<FoundInGroup> {
  const plan = await choosePlan(search);
  const items: StoredRecord[] = [];
  let end = search.end;
  let postings = plan.newest;
  let left = bounds.records;
  let slice = firstSlice;
  for (let slices = 0; end > search.start; ) {
    if (slices >= bounds.slices) return { items, horizon: end, isComplete: false };
    postings ??= await plan.driver.readBefore(end);
    const { seqs, floor } = postings;
    let from = 0;
    while (from < seqs.length) {
      if (slices >= bounds.slices || left <= 0) return { items, horizon: end, isComplete: false };
      slices += 1;
      const some = seqs.slice(from, from + slice);
      from += some.length;
      const sifted = await sift(plan.checked, some);
      const read = await readMatching(store, search, { plan, sifted, most: most - items.length, left });
      items.push(...read.items);
      left -= read.opened;
      if (read.horizon !== undefined) return { items, horizon: read.horizon, isComplete: false };
      end = some.at(-1) ?? end;
      if (sifted.resumeBefore !== undefined && sifted.resumeBefore < end) {
        end = sifted.resumeBefore;
        while (from < seqs.length && (seqs[from] ?? 0) >= end) from += 1;
      }
      slice = Math.min(slice * 2, largestSlice);
    }
    end = Math.min(end, floor);
    slices += 1;
    postings = undefined;
  }
  return { items, horizon: 0, isComplete: true };
}

async function choosePlan({ conditions, others, everything, start, end }: GroupSearch): Promise<Plan> {
  const measured = await Promise.all(
    conditions.map(async (condition) => {
      const newest = await condition.reader.readBefore(end);
      // An end that lies far beyond the newest record must not make what is dense look rare.
      const top = newest.seqs[0] ?? newest.floor;
      return { condition, newest, density: newest.seqs.length / (top - Math.max(start, newest.floor) + 1) };
    }),
  );
  const [rarest, ...rest] = measured.sort((one, other) => one.density - other.density);
  const inexact = conditions.filter(({ isExact }) => !isExact).map(({ term }) => term);
  return {
    driver: rarest?.condition.reader ?? everything,
    newest: rarest?.newest,
    checked: rest.map(({ condition }) => condition),
    always: [...others, ...inexact],
  };
}

interface Sifted {
  readonly seqs: readonly number[];
  /** What the index could not tell of these. */
  readonly unchecked: readonly ResolvedTerm[];
  /** Nothing from here on matches. */
  readonly resumeBefore?: number;
}

/** Asks the index which of these match all conditions, where that takes one step each. */
async function sift(conditions: readonly Condition[], candidates: readonly number[]): Promise<Sifted> {
  const [newest = 0] = candidates;
  const oldest = candidates.at(-1) ?? 0;
  const unchecked: ResolvedTerm[] = [];
  let seqs = candidates;
  for (const { reader, term } of conditions) {
    if (seqs.length === 0) break;
    const known = await reader.readBetween(oldest, newest + 1);
    if (known === undefined) unchecked.push(term);
    else {
      seqs = seqs.filter((seq) => known.has(seq));
      if (known.size === 0) return { seqs, unchecked, resumeBefore: await findResumption(reader, oldest) };
    }
  }
  return { seqs, unchecked };
}

/** Where one condition holds nowhere near, the others need not be looked at before it does again. */
async function findResumption(reader: PostingReader, end: number): Promise<number> {
  const { seqs, floor } = await reader.readBefore(end);
  return (seqs[0] ?? floor - 1) + 1;
}

async function readMatching(
  store: LedgerSource,
  { from, to }: GroupSearch,
  options: { readonly plan: Plan; readonly sifted: Sifted; readonly most: number; readonly left: number },
): Promise<{ items: StoredRecord[]; opened: number; horizon?: number }> {
  const { sifted, most, left } = options;
  const terms = [...options.plan.always, ...sifted.unchecked];
  const items: StoredRecord[] = [];
  let opened = 0;
  while (opened < sifted.seqs.length) {
    const step = terms.length === 0 ? most - items.length : mostRecordsAtOnce;
    const some = sifted.seqs.slice(opened, opened + Math.min(step, mostRecordsAtOnce));
    for (const record of await readRecords(store, some)) {
      if (record.at < from || record.at >= to) continue;
      if (terms.every((term) => matchesTerm(showWhole(record), term))) items.push(record);
      if (items.length === most) return { items, opened, horizon: record.seq };
    }
    opened += some.length;
    if (opened >= left && opened < sifted.seqs.length) return { items, opened, horizon: some.at(-1) ?? 0 };
  }
  return { items, opened };
}

/** Newest first. */
export async function readRecords(store: LedgerSource, seqs: readonly number[]): Promise<StoredRecord[]> {
  if (seqs.length === 0) return [];
  // Few different lengths: each is a statement that stays prepared.
  const length = 2 ** Math.ceil(Math.log2(seqs.length));
  const padded = Array.from({ length }, (_, at) => seqs[Math.min(at, seqs.length - 1)] ?? 0);
  const rows = await selectRecords(store.sql)
    .where('entries.seq', 'in', padded)
    .orderBy('entries.seq', 'desc')
    .execute();
  return rows.map((row) => readRecord(store, row));
}

/** Facts that canonical JSON cannot carry are looked at, too. */
export function showWhole(record: StoredRecord): StoredRecord {
  if (record.notCanonical === undefined) return record;
  const facts: object = JSON.parse(record.notCanonical);
  const { seq, id, kind, at, causes, erased } = record;
  return { ...facts, seq, id, kind, at, causes, erased };
}
