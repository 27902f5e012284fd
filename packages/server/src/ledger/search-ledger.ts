import { AppError } from '@countersign/api';
import type { Clue, ResolvedGroup, ResolvedTerm } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { RangeReader } from '../plugins/database/posting-reader.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { clockSlackMs, findEnd, findSeqAt } from './find-seq-at.ts';
import type { LedgerSource, StoredRecord } from './ledger-record.ts';
import { describeShown } from './reads/read-windows.ts';
import { recordRead } from './reads/record-read.ts';
import { type Reading, requireReading } from './scope/reading.ts';
import { isExact, openReader } from './search/open-reader.ts';
import { readQuery, resolveQuery } from './search/resolve-query.ts';
import { type GroupSearch, type SearchBounds, searchGroup } from './search/search-group.ts';
import { type SearchLedgerInput, searchLedgerInput } from './search-ledger-input.ts';

type SearchInput = z.output<typeof searchLedgerInput>;
interface FixedSearch extends Omit<SearchInput, 'q'> {
  /** As records hold it. */
  readonly session?: string;
  /** `<trace>/<span>`: what was told of it. */
  readonly span?: string;
  /** `<trace>/<span>`: what was told of those begun in it. */
  readonly parentSpan?: string;
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
  const fixed = listFixedTerms(search);
  const newest = await findEnd(store.sql);
  const found = await Promise.all(
    groups.map(async ({ terms, from, to }) => {
      const times = {
        from: Math.max(from, search.from ?? 0),
        to: Math.min(to, search.to ?? Number.MAX_SAFE_INTEGER),
      };
      const group = await openGroup(store, [...fixed, ...terms], {
        ...times,
        ...(await findRange(store.sql, search, times, newest)),
        newest,
      });
      // One more than shown: whether there is a next page.
      return searchGroup(store, group, { most: search.limit + 1, bounds });
    }),
  );
  return cutPage(found, search.limit);
}

/** What all groups have looked at: below it one of them may still have a newer record than the others have shown. */
function cutPage(found: readonly Awaited<ReturnType<typeof searchGroup>>[], limit: number): RecordPage {
  const horizon = Math.max(...found.map((one) => one.horizon));
  const all = new Map(found.flatMap(({ items }) => items.map((record) => [record.seq, record] as const)));
  const known = [...all.values()]
    .filter(({ seq }) => seq >= horizon)
    .sort((one, other) => other.seq - one.seq);
  const items = known.slice(0, limit);
  if (known.length > limit) return { items, next: String(items.at(-1)?.seq ?? 0) };
  return { items, next: found.some(({ isComplete }) => !isComplete) ? String(horizon) : null };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

async function findRange(
  sql: Kysely<Schema>,
  { after = -1, cursor = Number.MAX_SAFE_INTEGER }: FixedSearch,
  { from, to }: { readonly from: number; readonly to: number },
  newest: number,
): Promise<Range> {
  const since = from === 0 ? 0 : await findSeqAt(sql, from - clockSlackMs);
  const until = to === Number.MAX_SAFE_INTEGER ? newest : await findSeqAt(sql, to + clockSlackMs);
  return { start: Math.max(since, after + 1), end: Math.min(until, cursor) };
}

async function openGroup(
  store: LedgerSource,
  terms: readonly ResolvedTerm[],
  range: Range & { readonly from: number; readonly to: number; readonly newest: number },
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
