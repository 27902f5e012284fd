import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerRecord } from '@countersign/api';
import { type Logger, pino } from 'pino';
import { type ConfigFile, configSchema } from '../config/config.ts';
import type { Context } from '../context.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import { createSecretStores } from '../plugins/catalog.ts';
import type { Store } from '../plugins/database/database.ts';
import type { LiveUpstream } from '../upstreams/index.ts';
import { createSecretAges } from './create-secret-ages.ts';
import { joinStores } from './join-stores.ts';
import { keepGeneration } from './keep-generation.ts';
import { limitAges } from './limit-ages.ts';

/** Secrets on a real database and real stores, for tests. */
export interface TestSecrets {
  readonly context: Context;
  /** Everything recorded since it was opened. */
  readonly records: readonly LedgerRecord[];
  /** What was logged at warning and above. */
  readonly warned: readonly string[];
}

export interface TestSecretsOptions {
  readonly store: Store;
  now(): number;
  readonly secrets?: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly upstreams?: readonly Pick<LiveUpstream, 'name' | 'kind' | 'settings'>[];
}

const key = Buffer.alloc(32, 5);

export async function openTestSecrets(options: TestSecretsOptions): Promise<TestSecrets> {
  const { store, secrets: section = {}, environment = {}, upstreams = [] } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'countersign-secrets-'));
  const config: ConfigFile = configSchema.parse({ data: { folder }, secrets: section });
  const platform = createPlatform(() => options.now());
  const masterKey = createMasterKey(key);
  const warned: string[] = [];
  const log: Logger = pino({ level: 'warn' }, { write: (line: string) => void warned.push(line) });
  const generations = await keepGeneration(store, 'encrypted-file', log);
  const environmentWithKey = { COUNTERSIGN_SECRETS_KEY: key.toString('base64url'), ...environment };
  const stores = await createSecretStores({ config, platform, environment: environmentWithKey, generations });
  const secretAges = await createSecretAges({ config, store, platform, masterKey, log });
  const secrets = limitAges(joinStores(config.secrets.store, stores), secretAges);
  const records: LedgerRecord[] = [];
  store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
  const parts = { config, platform, log, store, secrets, secretAges, upstreams: { list: () => upstreams } };
  // The verbs under test use nothing of what is left out.
  return { context: parts as unknown as Context, records, warned };
}
