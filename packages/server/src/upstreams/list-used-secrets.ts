import { dropField } from '../plugins/secret-store/secret-name.ts';
import { listCredentialSecrets } from './credentials/credential-settings.ts';
import type { UpstreamSettings } from './live-upstream.ts';
import { listSecretNames } from './resolve-injection.ts';

/** Every secret that the settings need in any way, each once, as a whole. */
export function listUsedSecrets(settings: UpstreamSettings): readonly string[] {
  const references = [...listSecretNames(settings), ...listCredentialSecrets(settings.credential)];
  return [...new Set(references.map(dropField))].sort();
}
