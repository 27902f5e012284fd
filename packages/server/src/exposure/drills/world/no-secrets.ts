import { AppError } from '@countersign/api';
import type { SecretStore } from '../../../plugins/secret-store/secret-store.ts';

/** A store that holds nothing and takes nothing: a drill has no credential to give away. */
export const noSecrets: SecretStore = {
  get: () => refuse('secret.not_found'),
  list: async () => [],
  set: () => refuse('secret.unavailable'),
  rotate: () => refuse('secret.not_found'),
  forgetPrevious: async () => [],
  remove: () => refuse('secret.not_found'),
  trustRestored: () => refuse('secret.unavailable'),
  close: async () => undefined,
};

async function refuse(code: 'secret.not_found' | 'secret.unavailable'): Promise<never> {
  throw new AppError(code);
}
