import { AppError } from '@countersign/api';
import type { SecretStore } from './secret-store.ts';

type Changes = Omit<SecretStore, 'get' | 'list'>;

/** The changing half of a store that only reads. `why` says where its secrets are changed. */
export function refuseChanges(why: string): Changes {
  const refuse = async (): Promise<never> => {
    throw new AppError('secret.unavailable', { detail: why });
  };
  return {
    set: refuse,
    rotate: refuse,
    remove: refuse,
    forgetPrevious: async () => [],
    trustRestored: async () => {},
    close: async () => {},
  };
}
