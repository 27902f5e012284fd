import { recordKinds } from '@countersign/api';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { writeTerm } from '../plugins/database/record-terms.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { TermCursor } from '../plugins/database/term-cursor.ts';
import { clockSlackMs, findSeqAt } from './find-seq-at.ts';
import { type LedgerSource, readRecord, type StoredRecord } from './ledger-record.ts';
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
  toolCall: z.string().min(1).max(256).describe('What a model or framework called a call').optional(),
  trace: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe('W3C trace id')
    .optional(),
  from: time.optional(),
  to: time.optional(),
  cursor: z.coerce.number().int().min(0).optional(),
  after: z.coerce.number().int().min(0).describe('Of a record: those that came after it').optional(),
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
  return findRecords(context, searchLedgerInput.parse(input));
}

/** The same for the server's own use: nobody is asked whether they may read it. Looks at `most` candidates at the most. */
export async function findRecords(
  context: Pick<Context, 'store'>,
  search: SearchInput,
  most = candidatesPerPage,
): Promise<RecordPage> {
  await context.store.index();
  const { store } = context;
  const { sql } = store;
  const range = await findRange(sql, search);
  const cursors = await openCursors(store, search, range.start);
  const { seqs, next } =
    cursors.length === 0
      ? await findInTime(sql, search, range)
      : await findCommon(sql, search, range, { cursors, most });
  return { items: await readRecords(store, seqs), next: next === null ? null : String(next) };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

async function findRange(sql: Kysely<Schema>, { after = -1, from, to, cursor }: SearchInput): Promise<Range> {
  const since = from === undefined ? 0 : await findSeqAt(sql, from - clockSlackMs);
  const start = Math.max(since, after + 1);
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
  if (search.toolCall !== undefined) terms.push(writeTerm('toolcall', search.toolCall));
  if (search.trace !== undefined) terms.push(writeTerm('trace', search.trace));
  if (search.tool !== undefined) terms.push(writeTerm('tool', search.tool));
  if (search.upstream !== undefined) terms.push(writeTerm('upstream', search.upstream));
  if (search.kind !== undefined) terms.push(writeTerm('kind', search.kind));
  return terms;
}

/** One for each term, the rarest kind of term first: it bounds how many records are looked at. */
async function openCursors(store: LedgerSource, search: SearchInput, start: number): Promise<TermCursor[]> {
  const named = search.id?.startsWith('rec_') === true ? await findNamed(store, search.id) : [];
  return listTerms(search).map(
    (term) => new TermCursor(store.sql, term, start, term === search.id ? named : []),
  );
}

/** The record that bears the id, and the records of its action that follow from it: these the index finds by the action. */
async function findNamed(store: LedgerSource, record: string): Promise<number[]> {
  const { sql } = store;
  const row = await selectRecords(sql).where('entries.id', '=', record).executeTakeFirst();
  if (row === undefined) return [];
  const { action, seq } = readRecord(store, row);
  if (action === undefined) return [seq];
  const cursor = new TermCursor(sql, writeTerm('id', action), seq);
  const siblings: number[] = [];
  for (let end = Number.MAX_SAFE_INTEGER; siblings.length < mostSiblings; ) {
    const found = await cursor.findBefore(end);
    if (found === undefined) break;
    siblings.push(found);
    end = found;
  }
  const following = (await readRecords(store, siblings)).filter(({ causes }) => causes.includes(record));
  return [seq, ...following.map((one) => one.seq)];
}

/** An action has a handful. */
const mostSiblings = 500;
/** So many records are looked at for one page: it may be short and still have a next one. */
const candidatesPerPage = 20_000;

interface FoundPage {
  readonly seqs: readonly number[];
  /** Where the next page begins, exclusive; null when there is none. */
  readonly next: number | null;
}

async function findInTime(sql: Kysely<Schema>, search: SearchInput, range: Range): Promise<FoundPage> {
  const rows = await selectInTime(sql, search)
    .where('entries.seq', '>=', range.start)
    .where('entries.seq', '<', range.end)
    .orderBy('entries.seq', 'desc')
    .limit(search.limit + 1)
    .execute();
  const seqs = rows.map(({ seq }) => seq).slice(0, search.limit);
  return { seqs, next: rows.length > search.limit ? (seqs.at(-1) ?? null) : null };
}

/** Walks all cursors down together: whichever is behind says how far the others may jump. */
async function findCommon(
  sql: Kysely<Schema>,
  search: SearchInput,
  range: Range,
  { cursors, most }: { readonly cursors: readonly TermCursor[]; readonly most: number },
): Promise<FoundPage> {
  const seqs: number[] = [];
  let end = range.end;
  for (let looked = 0; looked < most; looked += 1) {
    const { agreed, before } = await stepDown(cursors, end);
    if (before === undefined) return { seqs, next: null };
    if (agreed && (await isInTime(sql, search, before))) {
      if (seqs.length === search.limit) return { seqs, next: end };
      seqs.push(before);
    }
    end = agreed ? before : before + 1;
  }
  return { seqs, next: end };
}

/** The newest record before `end` that all find, or the next one that any of them says could be it. */
async function stepDown(
  cursors: readonly TermCursor[],
  end: number,
): Promise<{ readonly agreed: boolean; readonly before: number | undefined }> {
  let candidate: number | undefined;
  for (const cursor of cursors) {
    const found = await cursor.findBefore(candidate === undefined ? end : candidate + 1);
    if (found === undefined) return { agreed: false, before: undefined };
    if (candidate !== undefined && found < candidate) return { agreed: false, before: found };
    candidate = found;
  }
  return { agreed: true, before: candidate };
}

async function isInTime(sql: Kysely<Schema>, search: SearchInput, seq: number): Promise<boolean> {
  if (search.from === undefined && search.to === undefined) return true;
  const row = await selectInTime(sql, search).where('entries.seq', '=', seq).executeTakeFirst();
  return row !== undefined;
}

async function readRecords(store: LedgerSource, seqs: readonly number[]): Promise<StoredRecord[]> {
  if (seqs.length === 0) return [];
  const rows = await selectRecords(store.sql)
    .where('entries.seq', 'in', seqs)
    .orderBy('entries.seq', 'desc')
    .execute();
  return rows.map((row) => readRecord(store, row));
}

function selectInTime(sql: Kysely<Schema>, { from, to }: SearchInput) {
  return sql
    .selectFrom('ledger_entries as entries')
    .select('entries.seq')
    .where('entries.at', '>=', from ?? 0)
    .where('entries.at', '<', to ?? Number.MAX_SAFE_INTEGER);
}
