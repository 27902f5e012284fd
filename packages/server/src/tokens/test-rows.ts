import type { RecordKind } from '@countersign/api';
import type { Limits } from '@countersign/core';
import type { Context } from '../context.ts';
import { readLedgerRecord, selectLedgerRecords } from '../ledger/index.ts';

/** Rows written past the verbs, and records read back, for tests. */
export interface TestRows {
  addPerson(state?: 'active' | 'suspended'): Promise<string>;
  addAgent(agent: TestAgent): Promise<string>;
  addDelegation(delegation: TestDelegation): Promise<string>;
  addTask(task: TestTask): Promise<string>;
  /** Payloads of the records of a kind, oldest first. */
  records(kind: RecordKind): Promise<readonly Record<string, unknown>[]>;
}

export interface TestAgent {
  readonly owner: string;
  readonly jwk: object;
  readonly thumbprint: string;
  readonly validUntil?: number;
}

export interface TestDelegation {
  readonly agent: string;
  readonly owner: string;
  readonly upstreams?: readonly string[] | '*';
  readonly expiresAt?: number;
  readonly isDefault?: boolean;
  readonly limits?: Partial<Limits>;
}

export interface TestTask {
  readonly agent: string;
  readonly delegation: string;
  readonly expiresAt?: number;
  readonly endedAt?: number;
}

type RowContext = Pick<Context, 'store' | 'platform'>;

const day = 86_400_000;

export function createTestRows(context: RowContext): TestRows {
  return {
    addPerson: (state = 'active') => addPerson(context, state),
    addAgent: (agent) => addAgent(context, agent),
    addDelegation: (delegation) => addDelegation(context, delegation),
    addTask: (task) => addTask(context, task),
    records: (kind) => readRecords(context, kind),
  };
}

async function addPerson({ store, platform }: RowContext, state: 'active' | 'suspended'): Promise<string> {
  const id = platform.newId('per');
  const row = { id, display_name: 'Sam', email: null, roles: '["owner"]', state, created_at: platform.now() };
  await store.sql.insertInto('people').values(row).execute();
  return id;
}

async function addAgent({ store, platform }: RowContext, agent: TestAgent): Promise<string> {
  const id = platform.newId('agt');
  const at = platform.now();
  const facts = {
    name: id.toLowerCase(),
    purpose: 'Pay bills',
    environment: 'test',
    state: 'active' as const,
  };
  const row = { ...facts, id, owner_id: agent.owner, created_at: at, changed_at: at };
  await store.sql.insertInto('agents').values(row).execute();
  const { thumbprint, validUntil = null } = agent;
  const key = {
    thumbprint,
    jwk: JSON.stringify(agent.jwk),
    valid_until: validUntil,
    agent_id: id,
    created_at: at,
  };
  await store.sql.insertInto('agent_keys').values(key).execute();
  return id;
}

async function addDelegation({ store, platform }: RowContext, delegation: TestDelegation): Promise<string> {
  const id = platform.newId('dlg');
  const expiresAt = delegation.expiresAt ?? platform.now() + day;
  const limits: Limits = {
    ...{
      upstreams: delegation.upstreams ?? '*',
      actions: ['*'],
      arguments: [],
      dataDomains: '*',
      effects: ['read'],
    },
    ...{ environments: ['test'], expiresAt, calls: null, spendMinor: null, currency: null, depth: 0 },
    ...delegation.limits,
  };
  const { agent, owner } = delegation;
  const parties = { agent_id: agent, from_person_id: owner, from_agent_id: null, root_person_id: owner };
  const flags = { parent_id: null, is_default: delegation.isDefault ? 1 : 0, revoked_at: null };
  const times = { created_at: platform.now(), expires_at: expiresAt };
  const row = { id, purpose: 'Pay bills', limits: JSON.stringify(limits), ...parties, ...flags, ...times };
  await store.sql.insertInto('delegations').values(row).execute();
  return id;
}

async function addTask({ store, platform }: RowContext, task: TestTask): Promise<string> {
  const id = platform.newId('tsk');
  const { limits } = await store.sql
    .selectFrom('delegations')
    .select('limits')
    .where('id', '=', task.delegation)
    .executeTakeFirstOrThrow();
  const times = { opened_at: platform.now(), expires_at: task.expiresAt ?? platform.now() + 900_000 };
  const ending = {
    ended_at: task.endedAt ?? null,
    end_reason: task.endedAt === undefined ? null : 'completed',
  };
  const parties = { delegation_id: task.delegation, agent_id: task.agent };
  const row = { id, ...parties, purpose: 'Pay one bill', prompt: null, limits, ...times, ...ending };
  await store.sql.insertInto('tasks').values(row).execute();
  return id;
}

async function readRecords(
  { store }: RowContext,
  kind: RecordKind,
): Promise<readonly Record<string, unknown>[]> {
  const rows = await selectLedgerRecords(store.sql).where('kind', '=', kind).orderBy('entries.seq').execute();
  return rows.map((row) => ({ ...readLedgerRecord(store, row) }));
}
