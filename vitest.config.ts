import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const source = {
  resolve: { conditions: ['countersign-source'] },
  ssr: { resolve: { conditions: ['countersign-source'] } },
};
const node = {
  environment: 'node' as const,
  execArgv: ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'],
  // The threads of each store and the programs that a test starts load what another one compiled.
  env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compile', import.meta.url)) },
};

// Most of a file's time went into loading the server once more; what a file starts, it ends.
const shared = { ...node, isolate: false };

/** What opens a store. All else proves the same whatever the database is. */
const onAnyDatabase = [
  ...globSync('packages/server/src/**/*.test.ts', { exclude: ['**/database/sqlite/**'] }).filter((path) =>
    /open-test-store|open-test-gateways|database\.contract|postgres|startGateway/.test(
      readFileSync(path, 'utf8'),
    ),
  ),
  'test/scenarios/**/*.test.ts',
  'test/postgres/**/*.test.ts',
];

/** What no other database can stand in for. */
const needsPostgres = [
  'packages/server/src/plugins/database/postgres/*-store.test.ts',
  'packages/server/src/**/*-postgres-store.test.ts',
  'packages/server/src/plugins/signal-bus/postgres/*-bus.test.ts',
  'packages/server/src/**/*.gateways.test.ts',
];

/** They start the command line, which is told of PostgreSQL in a scenario of its own. */
const startsItsOwn = ['cli', 'demo', 'first-start'];

/**
 * Of a door, a client, an upstream, the terminal or what is decided in memory: what they ask of the database others ask of
 * PostgreSQL, too. A new scenario is run on both until somebody says here that it is one of these.
 */
const provesNothingOfTheStore = [
  ...['aggregate', 'aggregate-resources', 'asked-cli', 'asked-ping', 'asked-sdk', 'authzen-mapping'],
  ...['claude-hooks', 'connected-client', 'decision-attacks', 'drill-isolation', 'drills', 'flagged-tool'],
  ...['hook-attacks', 'http-api', 'http-api-attacks', 'http-api-import', 'http-obligations', 'model-attacks'],
  ...[
    'model-route',
    'obligations',
    'older-client',
    'older-client-approval',
    'read-resource',
    'remote-secret',
  ],
  ...[
    'same-answer',
    'sdk',
    'secrets-report',
    'sent-evidence',
    'stdio-bridge',
    'streamed-call',
    'token-verifier',
  ],
];
const onOneDatabase = [
  ...[...startsItsOwn, ...provesNothingOfTheStore].map((name) => `test/scenarios/${name}.test.ts`),
  // What is sent on and how often: the place in the ledger that they keep is proven on both by feed-sinks.test.ts.
  ...['sinks/outage', 'tiles/tiles'].map((name) => `packages/server/src/ledger/${name}.test.ts`),
  'packages/server/src/plugins/ledger-sink/**/*.test.ts',
  // Who a provider or platform says somebody is.
  ...['people/oidc/oidc', 'tokens/workloads/workloads'].map((name) => `packages/server/src/${name}.test.ts`),
];

// One project per kind of proof; scripts/verify.ts runs them all, a developer one of them.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...source,
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: needsPostgres,
          testTimeout: 20_000,
        },
      },
      {
        ...source,
        test: {
          ...shared,
          name: 'postgres',
          include: onAnyDatabase,
          exclude: onOneDatabase,
          globalSetup: ['test/postgres/start-server.ts'],
          setupFiles: ['test/postgres/use-server.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          ...shared,
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts', 'test/docs/**/*.test.ts', 'examples/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          ...shared,
          name: 'hooks',
          include: ['test/hooks/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          ...shared,
          name: 'attacks',
          include: ['test/attacks/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          ...shared,
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
      {
        ...source,
        test: {
          ...node,
          name: 'differential',
          include: ['test/differential/**/*.test.ts'],
          testTimeout: 900_000,
        },
      },
      {
        ...source,
        test: {
          ...node,
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
