import type { LedgerRecord } from '@countersign/api';
import { pino } from 'pino';
import { configSchema } from '../config/config.ts';
import type { Context } from '../context.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import type { SecretStore } from '../plugins/secret-store/secret-store.ts';
import { createSecretAges } from '../secrets/index.ts';
import { createUpstreamDirectory } from './create-upstream-directory.ts';
import { createUpstreamCredentials } from './credentials/create-credential-state.ts';
import type { UpstreamDirectory } from './live-upstream.ts';

/** Upstreams and secrets on a real store, without the rest of the server, for tests. */
export interface TestUpstreams {
  readonly context: Context;
  /** Everything recorded so far. */
  readonly records: readonly LedgerRecord[];
  /** The directory as a restarted server would load it. */
  reload(): Promise<UpstreamDirectory>;
}

export async function openTestUpstreams(store: Store, secrets: SecretStore): Promise<TestUpstreams> {
  const platform = createPlatform();
  const log = pino({ level: 'silent' });
  const upstreams = await createUpstreamDirectory({ store, platform, log });
  const config = configSchema.parse({});
  const credentials = createUpstreamCredentials({
    store,
    secrets,
    platform,
    log,
    masterKey: createMasterKey(platform.randomBytes(32)),
    publicUrl: 'https://countersign.example',
    signingKeys: {
      current() {
        throw new Error('nothing is signed here');
      },
    },
  });
  const masterKey = createMasterKey(platform.randomBytes(32));
  const secretAges = await createSecretAges({ config, store, platform, masterKey, log });
  const records: LedgerRecord[] = [];
  store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
  return {
    // The verbs under test use nothing of what is left out.
    context: {
      config,
      platform,
      log,
      store,
      secrets,
      secretAges,
      upstreams,
      credentials,
    } as unknown as Context,
    records,
    reload: () => createUpstreamDirectory({ store, platform, log }),
  };
}
