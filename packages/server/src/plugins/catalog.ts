import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Platform } from '../platform/platform.ts';
import { createEncryptedFileStore } from './secret-store/encrypted-file/create-encrypted-file-store.ts';
import { loadSecretsKey } from './secret-store/encrypted-file/load-secrets-key.ts';
import { createEnvironmentStore } from './secret-store/environment/create-environment-store.ts';
import type { SecretStore } from './secret-store/secret-store.ts';

export { openSqliteStore } from './database/sqlite/open-sqlite-store.ts';

/** Every implementation of a plug-in kind, by the name that the configuration gives it. */
export async function createSecretStore(
  config: Config,
  platform: Platform,
  environment: NodeJS.ProcessEnv,
): Promise<SecretStore> {
  switch (config.secrets.store) {
    case 'environment':
      return createEnvironmentStore({ environment, platform });
    case 'encrypted-file': {
      const { folder } = config.data;
      const key = loadSecretsKey(folder, environment, platform);
      return createEncryptedFileStore({ path: join(folder, 'secrets.json'), key, platform });
    }
  }
}
