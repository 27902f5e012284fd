import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerRecord } from '@countersign/api';
import { pino } from 'pino';
import { configSchema } from '../config/config.ts';
import type { Context } from '../context.ts';
import { createPlatform } from '../platform/platform.ts';
import { openTestStore } from '../plugins/database/sqlite/open-test-store.ts';
import { createEncryptedFileStore } from '../plugins/secret-store/encrypted-file/create-encrypted-file-store.ts';
import { loadSecretsKey } from '../plugins/secret-store/encrypted-file/load-secrets-key.ts';
import { createUpstreamDirectory } from './create-upstream-directory.ts';
import type { UpstreamDirectory } from './live-upstream.ts';

/** Upstreams and secrets on a real store, without the rest of the server, for tests. */
export interface TestUpstreams {
  readonly context: Context;
  /** Everything recorded so far. */
  readonly records: readonly LedgerRecord[];
  /** The directory as a restarted server would load it. */
  reload(): Promise<UpstreamDirectory>;
  close(): Promise<void>;
}

export async function openTestUpstreams(): Promise<TestUpstreams> {
  const held = await openTestStore();
  const { store } = held;
  const platform = createPlatform();
  const log = pino({ level: 'silent' });
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  const secrets = await createEncryptedFileStore({
    path: join(folder, 'secrets.json'),
    key: loadSecretsKey(folder, {}, platform),
    platform,
  });
  const upstreams = await createUpstreamDirectory({ store, platform, log });
  const config = configSchema.parse({});
  const records: LedgerRecord[] = [];
  store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
  return {
    // The verbs under test use nothing of what is left out.
    context: { config, platform, log, store, secrets, upstreams } as unknown as Context,
    records,
    reload: () => createUpstreamDirectory({ store, platform, log }),
    async close() {
      await upstreams.close();
      await held.remove();
    },
  };
}
