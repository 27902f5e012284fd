import { Writable } from 'node:stream';
import type { RecordKind } from '@countersign/api';
import type { Limits } from '@countersign/core';
import type { Hono } from 'hono';
import { pino } from 'pino';
import { createAgentState } from '../agents/index.ts';
import { configSchema } from '../config/config.ts';
import type { Context } from '../context.ts';
import type { HttpEnv } from '../http/index.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { createStops } from '../signals/index.ts';
import { createTaskLeases } from '../tasks/index.ts';
import { createTokenState } from './create-token-state.ts';
import { createTokenRoutes } from './routes.ts';

/** The token endpoint on a real store, without the rest of the server, for tests. */
export interface TestServer {
  readonly context: Context;
  readonly app: Hono<HttpEnv>;
  readonly issuer: string;
  /** Everything logged so far. */
  logged(): string;
  addPerson(state?: 'active' | 'suspended'): Promise<string>;
  addAgent(agent: { owner: string; jwk: object; thumbprint: string; validUntil?: number }): Promise<string>;
  addDelegation(delegation: TestDelegation): Promise<string>;
  addTask(task: { agent: string; delegation: string; expiresAt?: number; endedAt?: number }): Promise<string>;
  /** Payloads of the records of a kind, oldest first. */
  records(kind: RecordKind): Promise<readonly Record<string, unknown>[]>;
}

export interface TestDelegation {
  readonly agent: string;
  readonly owner: string;
  readonly upstreams?: readonly string[] | '*';
  readonly expiresAt?: number;
  readonly isDefault?: boolean;
}

const day = 86_400_000;
const knownUpstreams = ['payments', 'files'];

export async function openTestServer(options: {
  store: Store;
  now: () => number;
  masterKey?: Uint8Array;
}): Promise<TestServer> {
  const { store, now } = options;
  const platform = createPlatform(now);
  const parsed = configSchema.parse({});
  const issuer = 'http://localhost:7420';
  const config = { ...parsed, server: { ...parsed.server, publicUrl: issuer } };
  let logged = '';
  const sink = new Writable({
    write: (chunk, _, done) => {
      logged += String(chunk);
      done();
    },
  });
  const log = pino({ level: 'trace' }, sink);
  const masterKey = createMasterKey(options.masterKey ?? new Uint8Array(32).fill(7));
  const stops = createStops();
  const tokens = await createTokenState({ config, platform, store, masterKey, log });
  const upstreams = { find: (name: string) => (knownUpstreams.includes(name) ? { name } : undefined) };
  const tasks = createTaskLeases({ store, platform, stops });
  const agents = createAgentState(store);
  // The token endpoint uses nothing of what is left out.
  const context = {
    ...{ config, platform, log, masterKey, store, agents, tasks, stops, tokens, upstreams },
  } as unknown as Context;
  return { context, app: createTokenRoutes(context), issuer, logged: () => logged, ...createRows(context) };
}

function createRows({ store, platform }: Context) {
  const insert = store.sql;
  return {
    async addPerson(state: 'active' | 'suspended' = 'active') {
      const id = platform.newId('per');
      const row = {
        id,
        display_name: 'Sam',
        email: null,
        roles: '["owner"]',
        state,
        created_at: platform.now(),
      };
      await insert.insertInto('people').values(row).execute();
      return id;
    },
    async addAgent(agent: { owner: string; jwk: object; thumbprint: string; validUntil?: number }) {
      const id = platform.newId('agt');
      const at = platform.now();
      const facts = {
        name: id.toLowerCase(),
        purpose: 'Pay bills',
        environment: 'test',
        state: 'active' as const,
      };
      const row = { ...facts, id, owner_id: agent.owner, created_at: at, changed_at: at };
      await insert.insertInto('agents').values(row).execute();
      const key = {
        thumbprint: agent.thumbprint,
        jwk: JSON.stringify(agent.jwk),
        valid_until: agent.validUntil ?? null,
      };
      await insert
        .insertInto('agent_keys')
        .values({ ...key, agent_id: id, created_at: at })
        .execute();
      return id;
    },
    async addDelegation(delegation: TestDelegation) {
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
      };
      const parties = {
        agent_id: delegation.agent,
        from_person_id: delegation.owner,
        root_person_id: delegation.owner,
      };
      const flags = {
        parent_id: null,
        from_agent_id: null,
        is_default: delegation.isDefault ? 1 : 0,
        revoked_at: null,
      };
      const times = { created_at: platform.now(), expires_at: expiresAt };
      const row = {
        id,
        purpose: 'Pay bills',
        limits: JSON.stringify(limits),
        ...parties,
        ...flags,
        ...times,
      };
      await insert.insertInto('delegations').values(row).execute();
      return id;
    },
    async addTask(task: { agent: string; delegation: string; expiresAt?: number; endedAt?: number }) {
      const id = platform.newId('tsk');
      const delegation = await insert
        .selectFrom('delegations')
        .select('limits')
        .where('id', '=', task.delegation)
        .executeTakeFirstOrThrow();
      const times = { opened_at: platform.now(), expires_at: task.expiresAt ?? platform.now() + 900_000 };
      const ending = {
        ended_at: task.endedAt ?? null,
        end_reason: task.endedAt === undefined ? null : 'completed',
      };
      const row = {
        id,
        delegation_id: task.delegation,
        agent_id: task.agent,
        purpose: 'Pay one bill',
        prompt: null,
      };
      await insert
        .insertInto('tasks')
        .values({ ...row, limits: delegation.limits, ...times, ...ending })
        .execute();
      return id;
    },
    async records(kind: RecordKind) {
      const rows = await store.sql
        .selectFrom('ledger_entries')
        .innerJoin('ledger_payloads', 'ledger_payloads.seq', 'ledger_entries.seq')
        .select('payload')
        .where('kind', '=', kind)
        .orderBy('ledger_entries.seq')
        .execute();
      return rows.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
    },
  };
}
