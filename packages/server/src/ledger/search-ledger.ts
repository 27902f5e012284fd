import { AppError } from '@countersign/api';
import type { Clue, ResolvedGroup, ResolvedTerm } from '@countersign/core';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { RangeReader } from '../plugins/database/posting-reader.ts';
import { clockSlackMs, findSeqAt } from './find-seq-at.ts';
import type { LedgerSource, StoredRecord } from './ledger-record.ts';
import { describeShown } from './reads/read-windows.ts';
import { recordRead } from './reads/record-read.ts';
import { type Reading, requireReading } from './scope/reading.ts';
import { divideSearch, type SearchPart } from './search/divide-search.ts';
import { isExact, openReader } from './search/open-reader.ts';
import { readQuery, resolveQuery } from './search/resolve-query.ts';
import { type GroupSearch, type SearchBounds, searchGroup } from './search/search-group.ts';
import { type SearchLedgerInput, searchLedgerInput } from './search-ledger-input.ts';
import { listStreams, type StreamRange } from './streams/list-streams.ts';
import { mergeStreams, type ReadStream } from './streams/merge-streams.ts';
import { writePlace } from './streams/place.ts';

type SearchInput = z.output<typeof searchLedgerInput>;
export interface FixedSearch extends Omit<SearchInput, 'q'> {
  /** As records hold it. */
  readonly session?: string;
  /** `<trace>/<span>`: what was told of it. */
  readonly span?: string;
  /** `<trace>/<span>`: what was told of those begun in it. */
  readonly parentSpan?: string;
  /** The `seq` of a record: those that came before it. */
  readonly before?: number;
}

export interface RecordPage {
  readonly items: readonly StoredRecord[];
  readonly next: string | null;
}

/** What one page may cost: it may be short and still have a next one. */
const pageBounds: SearchBounds = { slices: 64, records: 2_000 };

/**
 * Records that match everything asked for, newest first. The work for a page is bounded, whatever is asked. Throws
 * `ledger.query_invalid`.
 */
export async function searchLedger(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: SearchLedgerInput,
): Promise<RecordPage> {
  const reading = await requireReading(context, actor, 'ledger.read');
  const page = await findVisible(context, reading, input);
  const { q = '', cursor: _place, limit: _page, ...asked } = searchLedgerInput.parse(input);
  const selection = { ...asked, ...(q === '' ? {} : { q }) };
  await recordRead(context, actor, { how: 'search', selection, shown: describeShown(page.items) });
  return page;
}

/** The same for a verb that puts on record itself what is read. Throws `ledger.query_invalid`. */
export async function findVisible(
  context: Pick<Context, 'store' | 'platform'>,
  reading: Reading,
  input: SearchLedgerInput,
): Promise<RecordPage> {
  const { q = '', ...search } = searchLedgerInput.parse(input);
  // What a search finds tells what records say, even when they are not shown.
  if (q !== '' && !reading.seesContent) throw new AppError('person.forbidden', { detail: 'ledger content' });
  const groups = await resolveQuery(context.store.sql, readQuery(q), context.platform.now());
  await context.store.index();
  const found = await findPage(context, search, { groups, bounds: pageBounds });
  return { ...found, items: found.items.filter(reading.isVisible).map(reading.show) };
}

/** The same for the server's own use: nobody is asked whether they may read it. Opens `most` records at the most. */
export async function findRecords(
  context: Pick<Context, 'store'>,
  search: FixedSearch,
  most?: number,
): Promise<RecordPage> {
  await context.store.index();
  return findIndexedRecords(context, search, most);
}

/** The same over what is indexed already: for who reads again and again, and has the index brought up once before. */
export async function findIndexedRecords(
  context: Pick<Context, 'store'>,
  search: FixedSearch,
  most = pageBounds.records,
): Promise<RecordPage> {
  const everything: ResolvedGroup = { terms: [], from: 0, to: Number.MAX_SAFE_INTEGER };
  return findPage(context, search, { groups: [everything], bounds: { ...pageBounds, records: most } });
}

async function findPage(
  { store }: Pick<Context, 'store'>,
  search: FixedSearch,
  { groups, bounds }: { readonly groups: readonly ResolvedGroup[]; readonly bounds: SearchBounds },
): Promise<RecordPage> {
  const parts = await divideSearch(store.sql, search, await listStreams(store.sql));
  const read = await Promise.all(parts.map((part) => searchStream(store, part, { search, groups, bounds })));
  const { items, left } = mergeStreams(read, search.limit);
  return { items, next: writePlace(left) };
}

async function searchStream(
  store: LedgerSource,
  { range, end, ...asked }: SearchPart,
  options: {
    readonly search: FixedSearch;
    readonly groups: readonly ResolvedGroup[];
    readonly bounds: SearchBounds;
  },
): Promise<ReadStream<StoredRecord>> {
  const { search, groups, bounds } = options;
  const fixed = listFixedTerms(search);
  const found = await Promise.all(
    groups.map(async ({ terms, from, to }) => {
      const times = { from: Math.max(from, asked.from), to: Math.min(to, asked.to) };
      const since =
        times.from === 0 ? range.start : await findSeqAt(store.sql, range, times.from - clockSlackMs);
      const until =
        times.to === Number.MAX_SAFE_INTEGER
          ? range.end
          : await findSeqAt(store.sql, range, times.to + clockSlackMs);
      const group = await openGroup(store, [...fixed, ...terms], {
        ...times,
        start: Math.max(since, asked.start),
        end: Math.min(until, end),
        newest: range.end,
      });
      // One more than shown: whether there is a next page.
      return searchGroup(store, group, { most: search.limit + 1, bounds });
    }),
  );
  return joinGroups(range, found);
}

/** What all groups have looked at: below it one of them may still have a newer record than the others have shown. */
function joinGroups(
  { stream }: StreamRange,
  found: readonly Awaited<ReturnType<typeof searchGroup>>[],
): ReadStream<StoredRecord> {
  const horizon = Math.max(...found.map((one) => one.horizon));
  const all = new Map(found.flatMap(({ items }) => items.map((record) => [record.seq, record] as const)));
  const items = [...all.values()]
    .filter(({ seq }) => seq >= horizon)
    .sort((one, other) => other.seq - one.seq);
  return { stream, items, horizon, isComplete: found.every(({ isComplete }) => isComplete) };
}

async function openGroup(
  store: LedgerSource,
  terms: readonly ResolvedTerm[],
  range: Pick<GroupSearch, 'start' | 'end' | 'from' | 'to'> & { readonly newest: number },
): Promise<GroupSearch> {
  const found = terms.filter(({ negated }) => !negated);
  const conditions = await Promise.all(
    found.map(async (term) => ({
      term,
      isExact: isExact(term),
      reader: await openReader(store, term, range),
    })),
  );
  const others = terms.filter(({ negated }) => negated);
  return { ...range, conditions, others, everything: new RangeReader(range.start) };
}

function listFixedTerms(search: FixedSearch): readonly ResolvedTerm[] {
  const { approval, action, task, delegation, person, agent } = search;
  const { session, toolCall, trace, span, parentSpan, tool, upstream, kind } = search;
  const clues: Clue[] = [];
  for (const value of [search.id, approval, action, task, delegation, person, agent])
    if (value !== undefined) clues.push({ by: 'id', value });
  if (session !== undefined) clues.push({ by: 'session', value: session });
  if (toolCall !== undefined) clues.push({ by: 'toolcall', value: toolCall });
  if (trace !== undefined) clues.push({ by: 'trace', value: trace });
  if (span !== undefined) clues.push({ by: 'span', value: span });
  if (parentSpan !== undefined) clues.push({ by: 'parentspan', value: parentSpan });
  if (tool !== undefined) clues.push({ by: 'tool', value: tool });
  if (upstream !== undefined) clues.push({ by: 'upstream', value: upstream });
  if (kind !== undefined) clues.push({ by: 'kind', value: kind });
  return clues.map((clue) => ({ clues: [clue], negated: false }));
}
