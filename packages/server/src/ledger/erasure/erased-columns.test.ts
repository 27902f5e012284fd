import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { eraseRecords } from './erase-records.ts';
import { type Erasable, isKeptColumn, keptColumns } from './kept-columns.ts';
import { describeErasure } from './preview-erasure.ts';
import { selectErasable } from './select-erasable.ts';

const isPostgres = process.env.TEST_POSTGRES_URL !== undefined;
const gone = { task: 'tsk_gone', person: 'per_gone', approval: 'apr_gone', record: makeTestRecord(1).id };
const other = { task: 'tsk_other', person: 'per_other', approval: 'apr_other', record: makeTestRecord(2).id };
const action = makeTestRecord(1).action ?? '';

/** Columns that name whom or what a row is about. */
const naming: Readonly<Record<keyof typeof gone, readonly string[]>> = {
  task: ['task_id', 'root_task_id', 'tasks.id'],
  person: [
    ...['person_id', 'owner_id', 'owner', 'from_person_id', 'to_person_id', 'root_person_id', 'people.id'],
    ...['giver_id', 'reviewed_by', 'holder_id', 'subject_id', 'asked_person_id', 'created_by', 'by'],
  ],
  approval: ['approval_id', 'card_key', 'approvals.id'],
  record: ['record', 'asked_record', 'requested_record'],
};
/** So that the rows stand as they do once work is over, and hang together. */
const fixed: Readonly<Record<string, string | number | null>> = {
  'people.state': 'suspended',
  'signals_received.due_at': null,
  'approvals.action_id': action,
  'approvals.check_person_id': null,
  'agent_handovers.state': 'accepted',
  'channel_cards.id': 'card',
  'inbox_cards.card_id': 'card',
  'delegations.id': 'dlg_gone',
  'consent_evidence.delegation_id': 'dlg_gone',
  'tasks.parent_task_id': null,
};
const json = new Set(['approvals.signed_action', 'approvals.presented', 'approval_votes.evidence']);

const dropForeignKeys = `DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint WHERE contype = 'f' LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.owner, one.conname);
  END LOOP; END $$;`;

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

let test: TestStore;
beforeEach(async () => {
  test = await openTestStore();
}, 30_000);
afterEach(() => test.remove());

describe('every column of every table', () => {
  it.each<Erasable>(['task', 'person'])(
    'says nothing of an erased %s, but what is kept for a reason',
    async (erased) => {
      const ids = erased === 'task' ? { ...gone, person: other.person } : { ...other, person: gone.person };
      const about = erased === 'task' ? { task: gone.task } : { person: gone.person, task: other.task };
      await test.store.append([
        makeTestRecord(1, {
          ...about,
          kind: 'task.opened',
          body: { text: mark({ table: 'ledger_payloads', name: 'sealed' }) },
        }),
      ]);
      const columns = await listColumns();
      const filled = [...new Set(columns.map(({ table }) => table))].filter(isFilled);
      await fill(columns, filled, { ...ids, record: gone.record });
      expect(await findLeft(columns)).toEqual(
        columns
          .filter((column) => isMarked(column, filled))
          .map(nameOf)
          .toSorted(),
      );
      await erase(gone[erased]);
      const left = await findLeft(columns);
      const isKept = (name: string) => isKeptColumn(erased, ...(name.split('.') as [string, string]));
      expect(left.filter((name) => !isKept(name))).toEqual([]);
      // A reason that keeps nothing any more is none.
      const stale = keptColumns
        .filter(({ after }) => after === erased)
        .flatMap(({ names }) => names)
        .filter((name) => !left.some((one) => one === name || one.startsWith(`${name}.`)));
      expect(stale).toEqual([]);
    },
  );
});

/**
 * The ledger's own tables are filled by records; a row of another's would be a hold or an erasure. What the bus carries is the
 * bus's own, and swept by it.
 */
function isFilled(table: string): boolean {
  if (table === 'migrations' || table === 'signal_messages') return false;
  return !table.startsWith('ledger_') || table === 'ledger_queries';
}

function nameOf({ table, name }: Pick<Column, 'table' | 'name'>): string {
  return `${table}.${name}`;
}

function mark({ table, name }: Pick<Column, 'table' | 'name'>): string {
  return `Mark-${table}-${name}-7781`;
}

function isMarked(column: Column, filled: readonly string[]): boolean {
  return column.type !== 'integer' && filled.includes(column.table) && choose(column, gone) === undefined;
}

function choose(column: Column, ids: typeof gone): string | number | null | undefined {
  const name = nameOf(column);
  if (Object.hasOwn(fixed, name)) return fixed[name];
  for (const [noun, names] of Object.entries(naming))
    if (names.includes(name) || names.includes(column.name)) return ids[noun as keyof typeof gone];
  return column.type === 'integer' ? 1 : undefined;
}

async function listColumns(): Promise<readonly Column[]> {
  const { rows } = isPostgres
    ? await sql<Column>`SELECT table_name AS "table", column_name AS "name", data_type AS "type"
        FROM information_schema.columns WHERE table_schema = 'public'`.execute(test.store.sql)
    : await sql<Column>`SELECT tables.name AS "table", columns.name AS "name", columns.type AS "type"
        FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`.execute(
        test.store.sql,
      );
  const types: Readonly<Record<string, string>> = {
    bigint: 'integer',
    integer: 'integer',
    bytea: 'bytes',
    blob: 'bytes',
  };
  return rows.map((row) => ({ ...row, type: types[row.type.toLowerCase()] ?? 'text' }));
}

/** One row of each table, behind the server's back: what else would have to be there does not matter here. */
async function fill(columns: readonly Column[], tables: readonly string[], ids: typeof gone): Promise<void> {
  const statements = tables.map((table) => {
    const own = columns.filter((column) => column.table === table);
    const values = own.map((column) => quote(column, choose(column, ids)));
    return `INSERT INTO ${table} (${own.map(({ name }) => `"${name}"`).join(', ')}) VALUES (${values.join(', ')});`;
  });
  const unchecked = isPostgres ? dropForeignKeys : 'PRAGMA foreign_keys = OFF;';
  await test.store.close();
  await test.changeBehindItsBack([unchecked, ...statements].join('\n'));
  await test.reopen();
}

function quote(column: Column, value: string | number | null | undefined): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  const text = value ?? mark(column);
  if (column.type === 'bytes')
    return isPostgres ? `convert_to('${text}', 'UTF8')` : `CAST('${text}' AS BLOB)`;
  if (!json.has(nameOf(column))) return `'${text}'`;
  const said = {
    text,
    nonce: text,
    arguments: { [text]: text },
    passkey: { publicKey: text },
    brokeGlass: { signedText: text },
  };
  return `'${JSON.stringify(said)}'`;
}

async function erase(id: string): Promise<void> {
  const context = { store: test.store, platform: createPlatform() };
  const { digest } = describeErasure(id, await selectErasable(context, id), []);
  const evidence = {
    ...{ credentialId: '', publicKey: '', authenticatorData: '', clientDataJson: '', signature: '' },
    ...{ rpId: '', origin: '' },
  };
  const signatures = ['per_ada', 'per_ida'].map((by) => ({ by, evidence }));
  const rest = { reason: 'asked for', signed: '{}', signatures, causes: [], claim: async () => {} };
  await eraseRecords(context, { id, digest, ...rest });
}

/** The columns in which any mark still stands, in any row and any encoding that the database holds. */
async function findLeft(columns: readonly Column[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const column of columns) {
    const { rows } = await sql<{
      value: unknown;
    }>`SELECT ${sql.ref(column.name)} AS value FROM ${sql.table(column.table)}`.execute(test.store.sql);
    if (rows.some(({ value }) => holdsMark(value))) left.push(nameOf(column));
  }
  return left.toSorted();
}

function holdsMark(value: unknown): boolean {
  if (value instanceof Uint8Array) return Buffer.from(value).includes('Mark-');
  return typeof value === 'string' && value.includes('Mark-');
}
