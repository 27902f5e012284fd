import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { FetchDocument } from '../outbound/fetch-document.ts';
import type { Platform } from '../platform/platform.ts';
import { createEncryptedFileStore } from './secret-store/encrypted-file/create-encrypted-file-store.ts';
import { loadSecretsKey } from './secret-store/encrypted-file/load-secrets-key.ts';
import { createEnvironmentStore } from './secret-store/environment/create-environment-store.ts';
import type { SecretStore } from './secret-store/secret-store.ts';
import {
  createGitHubActionsAttestor,
  gitHubActionsIssuer,
} from './workload-attestor/github-actions/create-github-actions-attestor.ts';
import { createKeySource } from './workload-attestor/key-source.ts';
import { createKubernetesAttestor } from './workload-attestor/kubernetes/create-kubernetes-attestor.ts';
import { loadKeys } from './workload-attestor/load-keys.ts';
import { createSpiffeAttestor, pickSvidKeys } from './workload-attestor/spiffe/create-spiffe-attestor.ts';
import type { WorkloadAttestor } from './workload-attestor/workload-attestor.ts';

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

/** The platforms that the configuration trusts to attest workloads. Nothing is fetched before the first use. */
export function createWorkloadAttestors(
  config: Pick<Config, 'server' | 'tokens' | 'workloads'>,
  platform: Pick<Platform, 'now'>,
  fetchDocument: FetchDocument,
): readonly WorkloadAttestor[] {
  return config.workloads.map((trust) => createWorkloadAttestor(trust, config, { platform, fetchDocument }));
}

function createWorkloadAttestor(
  trust: Config['workloads'][number],
  config: Pick<Config, 'server' | 'tokens'>,
  parts: { platform: Pick<Platform, 'now'>; fetchDocument: FetchDocument },
): WorkloadAttestor {
  const issuer = trust.issuer ?? gitHubActionsIssuer;
  const now = (): number => parts.platform.now();
  const load = () => loadKeys({ ...trust, issuer }, parts.fetchDocument);
  const { clockSkewSeconds } = config.tokens;
  const rules = { name: trust.name, audience: config.server.publicUrl, clockSkewSeconds, now };
  switch (trust.kind) {
    case 'spiffe': {
      const keys = createKeySource({ load: async () => pickSvidKeys(await load()), now });
      return createSpiffeAttestor({ ...rules, trustDomain: trust.trustDomain ?? '', keys });
    }
    case 'kubernetes':
      return createKubernetesAttestor({ ...rules, issuer, keys: createKeySource({ load, now }) });
    case 'github-actions':
      return createGitHubActionsAttestor({ ...rules, issuer, keys: createKeySource({ load, now }) });
  }
}
