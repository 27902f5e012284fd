import { recordKinds } from '@countersign/api';
import type { ExpressionBuilder, Kysely } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { writeTerm } from '../plugins/database/record-terms.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { clockSlackMs, findSeqAt } from './find-seq-at.ts';
import { type RecordRow, readRecord, type StoredRecord } from './ledger-record.ts';
import { selectRecords } from './select-records.ts';

const id = z.string().regex(/^[a-z]{3}_[0-9A-Za-z]{1,64}$/);
const time = z.coerce.number().int().min(0);

/** All of these must hold. `id` is any id a record names, or its own; times are epoch milliseconds, `to` exclusive. */
export const searchLedgerInput = z.strictObject({
  id: id.optional(),
  action: id.optional(),
  agent: id.optional(),
  task: id.optional(),
  person: id.optional(),
  approval: id.optional(),
  delegation: id.optional(),
  kind: z.enum(recordKinds).optional(),
  upstream: z.string().min(1).max(63).optional(),
  tool: z.string().min(1).max(200).describe('<upstream>/<tool>').optional(),
  from: time.optional(),
  to: time.optional(),
  cursor: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
type SearchInput = z.output<typeof searchLedgerInput>;

export interface RecordPage {
  readonly items: readonly StoredRecord[];
  readonly next: string | null;
}

/** Records that match everything asked for, newest first. The work for a page is bounded, whatever is asked. */
export async function searchLedger(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: z.input<typeof searchLedgerInput>,
): Promise<RecordPage> {
  requirePermission(actor, 'ledger.read');
  const search = searchLedgerInput.parse(input);
  const { sql } = context.store;
  const range = await findRange(sql, search);
  const window = await findWindow(sql, listTerms(search), range);
  const rows = await selectMatches(sql, search, { start: window.start, end: range.end })
    .orderBy('entries.seq', 'desc')
    .limit(search.limit + 1)
    .execute();
  if (window.isLast && rows.length <= search.limit) rows.push(...(await findNamed(sql, search, range)));
  const items = rows.slice(0, search.limit).map(readRecord);
  if (rows.length > search.limit) return { items, next: String(items.at(-1)?.seq ?? 0) };
  return { items, next: window.isLast ? null : String(window.start) };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

async function findRange(sql: Kysely<Schema>, { from, to, cursor }: SearchInput): Promise<Range> {
  const start = from === undefined ? 0 : await findSeqAt(sql, from - clockSlackMs);
  const end = to === undefined ? Number.MAX_SAFE_INTEGER : await findSeqAt(sql, to + clockSlackMs);
  return { start, end: Math.min(end, cursor ?? Number.MAX_SAFE_INTEGER) };
}

/** The rarest kind of term first: it bounds how many records are looked at. */
function listTerms(search: SearchInput): readonly string[] {
  const { approval, action, task, delegation, person, agent } = search;
  const terms: string[] = [];
  for (const value of [search.id, approval, action, task, delegation, person, agent]) {
    if (value !== undefined) terms.push(writeTerm('id', value));
  }
  if (search.tool !== undefined) terms.push(writeTerm('tool', search.tool));
  if (search.upstream !== undefined) terms.push(writeTerm('upstream', search.upstream));
  if (search.kind !== undefined) terms.push(writeTerm('kind', search.kind));
  return terms;
}

/** So many records of the first term are looked at for one page: it may be short and still have a next one. */
const candidatesPerPage = 20_000;

/** From which `seq` on this page looks for matches, and whether nothing is left below. */
async function findWindow(
  sql: Kysely<Schema>,
  [first, ...others]: readonly string[],
  range: Range,
): Promise<{ start: number; isLast: boolean }> {
  const last = { start: range.start, isLast: true };
  if (first === undefined || others.length === 0) return last;
  const row = await sql
    .selectFrom('ledger_terms')
    .select('seq')
    .where('term', '=', first)
    .where('seq', '>=', range.start)
    .where('seq', '<', range.end)
    .orderBy('seq', 'desc')
    .offset(candidatesPerPage - 1)
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? last : { start: row.seq, isLast: false };
}

/** Walks the first term's index; the other terms are looked up for each record it meets. */
function selectMatches(sql: Kysely<Schema>, search: SearchInput, range: Range) {
  const [first, ...others] = listTerms(search);
  return selectInRange(sql, search, range)
    .$if(first !== undefined, (query) =>
      query
        .innerJoin('ledger_terms as terms', 'terms.seq', 'entries.seq')
        .where('terms.term', '=', first ?? '')
        .where('terms.seq', '>=', range.start)
        .where('terms.seq', '<', range.end),
    )
    .$call((query) => others.reduce((narrowed, term) => narrowed.where(hasTerm(term)), query));
}

/** The record that bears the id searched for. It is older than every record that names it, so it comes last. */
async function findNamed(sql: Kysely<Schema>, search: SearchInput, range: Range): Promise<RecordRow[]> {
  if (search.id?.startsWith('rec_') !== true) return [];
  const [, ...others] = listTerms(search);
  return selectInRange(sql, search, range)
    .where('entries.id', '=', search.id)
    .$call((query) => others.reduce((narrowed, term) => narrowed.where(hasTerm(term)), query))
    .execute();
}

function selectInRange(sql: Kysely<Schema>, { from, to }: SearchInput, { start, end }: Range) {
  return selectRecords(sql)
    .where('entries.seq', '>=', start)
    .where('entries.seq', '<', end)
    .where('entries.at', '>=', from ?? 0)
    .where('entries.at', '<', to ?? Number.MAX_SAFE_INTEGER);
}

function hasTerm(term: string) {
  return (builder: ExpressionBuilder<Schema & { entries: Schema['ledger_entries'] }, 'entries'>) =>
    builder.exists(
      builder
        .selectFrom('ledger_terms as other')
        .select('other.seq')
        .where('other.term', '=', term)
        .whereRef('other.seq', '=', 'entries.seq'),
    );
}
