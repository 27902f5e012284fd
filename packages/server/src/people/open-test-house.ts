import { createServer, type Server } from 'node:http';
import type { RecordKind, Role } from '@countersign/api';
import { pino } from 'pino';
import { announceAgent, createAgentState, retireAgent, suspendAgent } from '../agents/index.ts';
import {
  approvalPages,
  approvalRoutes,
  createApprovalState,
  createNoticeState,
  createReceiptRoutes,
  loadReceiptKeys,
  signingPages,
} from '../approvals/index.ts';
import { configSchema } from '../config/config.ts';
import type { Context } from '../context.ts';
import { type ConsoleFile, createControlPlane, createPageAssets } from '../http/index.ts';
import { loadOrganisationState } from '../organisations/index.ts';
import { fetchDocument } from '../outbound/fetch-document.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { createStops } from '../signals/index.ts';
import { createCascades, createTaskLeases } from '../tasks/index.ts';
import type { Actor } from './actor.ts';
import {
  oidcRoutes,
  openSession,
  peoplePages,
  peopleRoutes,
  scimRoutes,
  sessionCookieName,
} from './index.ts';

/** People, approvals and the control plane on a real store and a real socket, for tests. */
export interface TestHouse {
  readonly context: Context;
  readonly origin: string;
  readonly operatorToken: string;
  addPerson(
    roles?: readonly (Role | string)[],
    state?: 'active' | 'suspended' | 'invited',
  ): Promise<TestPerson>;
  /** As a browser on the console's own origin would send it; redirects are not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Kinds of all records, oldest first. */
  kinds(): Promise<readonly RecordKind[]>;
  close(): Promise<void>;
}

export interface TestPerson {
  readonly id: string;
  readonly actor: Actor & { kind: 'person' };
  /** Cookie header of a live session. */
  readonly cookie: string;
}

export interface TestHouseOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly fetch: typeof fetch;
  /** Settings of people, once the console's origin is known. */
  readonly people?: (origin: string) => Promise<Partial<Context['config']['people']>>;
  readonly tokens?: Pick<Context['tokens'], 'issuer' | 'nextNonce' | 'verifyPresented'>;
  readonly consoleFiles?: ReadonlyMap<string, ConsoleFile>;
}

const pageAssets = createPageAssets();

export async function openTestHouse(options: TestHouseOptions): Promise<TestHouse> {
  const { store, now, tokens } = options;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://localhost:${address.port}`;
  const parsed = configSchema.parse({});
  const platform = createPlatform(now);
  const stops = createStops();
  const log = pino({ level: 'silent' });
  const masterKey = createMasterKey(new Uint8Array(32).fill(7));
  // What these nouns do not use is left out.
  const context = {
    config: {
      ...parsed,
      people: { ...parsed.people, ...(await options.people?.(origin)) },
      server: { ...parsed.server, publicUrl: origin },
    },
    ...{ platform, store, stops, tokens },
    log,
    agents: createAgentState(store),
    organisations: await loadOrganisationState({
      ...{ store, stops, platform, fetchDocument },
      publicUrl: 'http://localhost',
    }),
    tasks: createTaskLeases({ store, platform, stops }),
    cascades: await createCascades({ store, platform, stops, config: parsed, log }),
    notices: await createNoticeState(async () => new Map()),
    approvals: await createApprovalState({ log, store, platform, publicUrl: origin }),
    receipts: await loadReceiptKeys({ store, masterKey, platform, issuer: origin }),
  } as unknown as Context;
  const operatorToken = `cso_${'A'.repeat(43)}`;
  server.on(
    'request',
    createControlPlane(context, {
      operatorToken,
      version: '0.0.0',
      routes: [
        { path: '/v1/people', app: peopleRoutes(context) },
        {
          path: '/scim/v2',
          app: scimRoutes(context, { announce: announceAgent, suspend: suspendAgent, retire: retireAgent }),
        },
        { path: '/v1/approvals', app: approvalRoutes(context) },
        { path: '/', app: oidcRoutes(context, pageAssets) },
        { path: '/', app: peoplePages(context, pageAssets) },
        { path: '/', app: createReceiptRoutes(context) },
        { path: '/', app: signingPages(context, pageAssets) },
        { path: '/', app: approvalPages(context, pageAssets) },
      ],
      pageAssets,
      consoleFiles: options.consoleFiles ?? new Map(),
      readinessChecks: {},
    }),
  );
  return {
    context,
    origin,
    operatorToken,
    addPerson: (roles = ['admin', 'approver'], state = 'active') => addPerson(context, roles, state),
    fetch: (path, init = {}) => {
      const headers = new Headers({ origin, 'sec-fetch-site': 'same-origin' });
      if (init.body !== undefined) headers.set('content-type', 'application/json');
      for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
      return options.fetch(`http://127.0.0.1:${address.port}${path}`, {
        redirect: 'manual',
        ...init,
        headers,
      });
    },
    kinds: async () => {
      const rows = await store.sql.selectFrom('ledger_entries').select('kind').orderBy('seq').execute();
      // That somebody looked changes nothing.
      return rows.map((row) => row.kind as RecordKind).filter((kind) => kind !== 'ledger.read');
    },
    close: () => closeServer(server),
  };
}

async function addPerson(
  context: Context,
  roles: readonly string[],
  state: 'active' | 'suspended' | 'invited',
): Promise<TestPerson> {
  const id = context.platform.newId('per');
  const session = await context.store.transaction(async (tx) => {
    await tx.sql
      .insertInto('people')
      .values({
        id,
        display_name: `Person ${id.slice(-4)}`,
        email: null,
        roles: JSON.stringify(roles),
        state,
        created_at: context.platform.now(),
      })
      .execute();
    return openSession(context, tx, id, { method: 'passkey', counts: true, agent: 'Test' });
  });
  const actor = {
    kind: 'person' as const,
    person: id,
    roles: roles as readonly Role[],
    session: session.id,
    verifiedAt: context.platform.now(),
    isFresh: true,
  };
  const cookie = `${sessionCookieName(context.config.server.publicUrl)}=${session.secret}`;
  return { id, actor, cookie };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
