import { Writable } from 'node:stream';
import { pino } from 'pino';
import { createAgentState } from '../agents/index.ts';
import { type Config, configSchema } from '../config/config.ts';
import type { Context } from '../context.ts';
import { loadOrganisationState } from '../organisations/index.ts';
import { fetchDocument } from '../outbound/fetch-document.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import { createWorkloadAttestors } from '../plugins/catalog.ts';
import type { Store } from '../plugins/database/database.ts';
import { createStops } from '../signals/index.ts';
import { createCascades, createTaskLeases } from '../tasks/index.ts';
import { createTokenState } from './create-token-state.ts';
import { createTokenRoutes } from './routes.ts';
import { createTestRows, type TestRows } from './test-rows.ts';

/** The token endpoint on a real store, without the rest of the server, for tests. */
export interface TestServer extends TestRows {
  readonly context: Context;
  readonly app: ReturnType<typeof createTokenRoutes>;
  readonly issuer: string;
  /** Everything logged so far. */
  logged(): string;
}

const knownUpstreams = ['payments', 'files'];

export async function openTestServer(options: {
  store: Store;
  now: () => number;
  masterKey?: Uint8Array;
  /** Platforms that may attest workloads. */
  workloads?: Config['workloads'];
}): Promise<TestServer> {
  const { store, now } = options;
  const platform = createPlatform(now);
  const parsed = configSchema.parse({});
  const issuer = 'http://localhost:7420';
  const trusts = { workloads: options.workloads ?? [] };
  const config = { ...parsed, ...trusts, server: { ...parsed.server, publicUrl: issuer } };
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
  const tokens = await createTokenState({ config, platform, store, masterKey, stops, log });
  const upstreams = {
    find: (name: string) => (knownUpstreams.includes(name) ? { name } : undefined),
    list: () => [],
  };
  const tasks = createTaskLeases({ store, platform, stops });
  const cascades = await createCascades({ store, platform, stops, config, log });
  const agents = createAgentState(store);
  const workloads = createWorkloadAttestors(config, platform, fetchDocument);
  // The token endpoint uses nothing of what is left out.
  const context = {
    ...{
      config,
      platform,
      log,
      masterKey,
      store,
      agents,
      cascades,
      organisations: await loadOrganisationState({
        ...{ store, stops, platform, fetchDocument },
        publicUrl: 'http://localhost',
      }),
      tasks,
      stops,
      tokens,
      upstreams,
      workloads,
    },
  } as unknown as Context;
  return {
    context,
    app: createTokenRoutes(context),
    issuer,
    logged: () => logged,
    ...createTestRows(context),
  };
}
