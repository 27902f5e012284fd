import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import type { LedgerRecord, RecordKind, Role } from '@countersign/api';
import { encodeId, type Id, type IdPrefix } from '@countersign/core';
import pino from 'pino';
import { createAgentState, registerAgent } from '../agents/index.ts';
import { createApprovalState } from '../approvals/index.ts';
import { configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import { createDelegation, type DelegationView } from '../delegations/index.ts';
import { loadOrganisationState } from '../organisations/index.ts';
import { fetchDocument } from '../outbound/fetch-document.ts';
import type { Actor } from '../people/index.ts';
import type { Store } from '../plugins/database/database.ts';
import { createStops, loadStops } from '../signals/index.ts';
import { createCascades } from './cascades/index.ts';
import { createTaskLeases } from './create-task-leases.ts';
import type { TaskSharing } from './leases/shared-tasks.ts';

/** A server without its doors, for tests: real store and verbs, a clock that stands still, five people. */
export interface TestHouse {
  readonly context: Context;
  readonly now: () => number;
  advance(milliseconds: number): void;
  readonly admin: Actor;
  readonly owner: Actor;
  /** Another owner. */
  readonly neighbour: Actor;
  readonly approver: Actor;
  readonly auditor: Actor;
  /** Everything recorded since the house was made. */
  readonly records: readonly LedgerRecord[];
  ofKind(kind: RecordKind): readonly LedgerRecord[];
  /** A public key nobody has used before. */
  makeJwk(): JsonWebKey;
  /** The owner's agent, with a default delegation to call anything, and the agent as an actor. */
  makeAgent(name: string, limits?: object): Promise<TestAgent>;
}

export interface TestAgent {
  readonly id: string;
  readonly actor: Actor;
  readonly delegation: DelegationView;
}

/** Ids of the people, so that a house made again on the same data knows them. */
const people = { admin: 1, owner: 2, neighbour: 3, approver: 4, auditor: 5 } as const;

function makeId<P extends IdPrefix>(prefix: P, at: number, number: number): Id<P> {
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, number);
  return encodeId(prefix, at, random);
}

export interface TestHouseOptions {
  /** Where ids begin: houses on the same data must not draw the same. */
  readonly firstId?: number;
  /** With the other houses of a database that they share. */
  sharing?(context: Pick<Context, 'store' | 'platform'>): TaskSharing;
}

export async function createTestHouse(
  store: Store,
  start = Date.UTC(2026, 5, 1),
  { firstId = 0, sharing }: TestHouseOptions = {},
): Promise<TestHouse> {
  let at = start;
  let made = firstId;
  const records: LedgerRecord[] = [];
  store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
  const platform = {
    now: () => at,
    randomBytes: (length: number) => new Uint8Array(length),
    newId: <P extends IdPrefix>(prefix: P) => {
      made += 1;
      return makeId(prefix, at, made);
    },
  };
  const stops = createStops();
  const { approvals: asking, cascades } = configSchema.parse({});
  const parts = {
    store,
    platform,
    stops,
    agents: createAgentState(store),
    config: { tasks: { defaultSeconds: 900 }, approvals: asking, cascades },
    upstreams: { list: () => [] },
    log: pino({ level: 'silent' }),
  };
  // Verbs under test touch nothing else of a context.
  const context = {
    ...parts,
    tasks: createTaskLeases({ ...parts, ...(sharing && { sharing: sharing(parts) }) }),
    approvals: await createApprovalState({ ...parts, publicUrl: 'http://localhost' }),
    organisations: await loadOrganisationState({
      ...{ store, stops, platform, fetchDocument },
      publicUrl: 'http://localhost',
    }),
    cascades: await createCascades(parts),
  } as unknown as Context;
  context.tasks.watchWith(context.cascades);
  await addPeople(store);
  await loadStops(store, stops);
  const act = (name: keyof typeof people, role: Role): Actor => ({
    kind: 'person',
    person: personId(name),
    roles: [role],
    session: 'ses_test',
    verifiedAt: start,
    isFresh: true,
  });
  const owner = act('owner', 'owner');
  return {
    context,
    now: () => at,
    advance: (milliseconds) => {
      at += milliseconds;
    },
    admin: act('admin', 'admin'),
    owner,
    neighbour: act('neighbour', 'owner'),
    approver: act('approver', 'approver'),
    auditor: act('auditor', 'auditor'),
    records,
    ofKind: (kind) => records.filter((record) => record.kind === kind),
    makeJwk,
    makeAgent: (name, limits = {}) => makeAgent(context, owner, name, limits),
  };
}

export function personId(name: keyof typeof people): string {
  return makeId('per', 0, people[name]);
}

async function addPeople(store: Store): Promise<void> {
  const names = Object.keys(people) as (keyof typeof people)[];
  const rows = names.map((name) => ({
    id: personId(name),
    display_name: name,
    email: null,
    roles: JSON.stringify([name === 'neighbour' ? 'owner' : name]),
    state: 'active' as const,
    created_at: 0,
  }));
  await store.sql
    .insertInto('people')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function makeJwk(): JsonWebKey {
  return generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
}

async function makeAgent(context: Context, owner: Actor, name: string, limits: object): Promise<TestAgent> {
  const jwk = makeJwk();
  const agent = await registerAgent(context, owner, { name, purpose: 'Test', environment: 'test', jwk });
  const delegation = await createDelegation(context, owner, {
    agentId: agent.id,
    purpose: 'Work',
    isDefault: true,
    limits: { upstreams: '*', actions: ['*'], expiresAt: context.platform.now() + 86_400_000, ...limits },
  });
  return { id: agent.id, actor: { kind: 'agent', agent: agent.id, key: 'proof' }, delegation };
}
