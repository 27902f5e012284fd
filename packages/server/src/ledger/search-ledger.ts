import { recordKinds } from '@countersign/api';
import { type Kysely, sql as rawSql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { writeTerm } from '../plugins/database/record-terms.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { clockSlackMs, findSeqAt } from './find-seq-at.ts';
import { readRecord, type StoredRecord } from './ledger-record.ts';
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
  const seqs = await findSeqs(sql, search, { start: window.start, end: range.end });
  if (window.isLast && seqs.length <= search.limit) seqs.push(...(await findNamed(sql, search, range)));
  const items = await readRecords(sql, seqs.slice(0, search.limit));
  if (seqs.length > search.limit) return { items, next: String(items.at(-1)?.seq ?? 0) };
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

/** One more than a page of matches, newest first: walks the first term's index and looks the others up as it goes. */
async function findSeqs(sql: Kysely<Schema>, search: SearchInput, range: Range): Promise<number[]> {
  const [first, ...others] = listTerms(search);
  const rows =
    first === undefined
      ? await selectInTime(sql, search)
          .where('entries.seq', '>=', range.start)
          .where('entries.seq', '<', range.end)
          .orderBy('entries.seq', 'desc')
          .limit(search.limit + 1)
          .execute()
      : await sql
          .selectFrom('ledger_terms as terms')
          .select('terms.seq')
          .where('terms.term', '=', first)
          .where('terms.seq', '>=', range.start)
          .where('terms.seq', '<', range.end)
          .where((builder) =>
            builder.and(others.map((term) => builder.exists(selectTerm(sql, term, 'terms.seq')))),
          )
          .$if(search.from !== undefined || search.to !== undefined, (query) =>
            query.where(({ exists }) =>
              exists(selectInTime(sql, search).where('entries.seq', '=', reference('terms.seq'))),
            ),
          )
          .orderBy('terms.seq', 'desc')
          .limit(search.limit + 1)
          .execute();
  return rows.map(({ seq }) => seq);
}

/** The record that bears the id searched for. It is older than every record that names it, so it comes last. */
async function findNamed(sql: Kysely<Schema>, search: SearchInput, range: Range): Promise<number[]> {
  if (search.id?.startsWith('rec_') !== true) return [];
  const [, ...others] = listTerms(search);
  const rows = await selectInTime(sql, search)
    .where('entries.id', '=', search.id)
    .where('entries.seq', '>=', range.start)
    .where('entries.seq', '<', range.end)
    .where((builder) =>
      builder.and(others.map((term) => builder.exists(selectTerm(sql, term, 'entries.seq')))),
    )
    .execute();
  return rows.map(({ seq }) => seq);
}

async function readRecords(sql: Kysely<Schema>, seqs: readonly number[]): Promise<StoredRecord[]> {
  if (seqs.length === 0) return [];
  const rows = await selectRecords(sql)
    .where('entries.seq', 'in', seqs)
    .orderBy('entries.seq', 'desc')
    .execute();
  return rows.map(readRecord);
}

function selectInTime(sql: Kysely<Schema>, { from, to }: SearchInput) {
  return sql
    .selectFrom('ledger_entries as entries')
    .select('entries.seq')
    .where('entries.at', '>=', from ?? 0)
    .where('entries.at', '<', to ?? Number.MAX_SAFE_INTEGER);
}

/** The index row of this term for the record that the outer query is at. */
function selectTerm(sql: Kysely<Schema>, term: string, outer: 'terms.seq' | 'entries.seq') {
  return sql
    .selectFrom('ledger_terms as other')
    .select('other.seq')
    .where('other.term', '=', term)
    .where('other.seq', '=', reference(outer));
}

/** A column of the outer query, which the type of a query apart cannot know. */
function reference(column: 'terms.seq' | 'entries.seq') {
  return rawSql.ref<number>(column);
}
