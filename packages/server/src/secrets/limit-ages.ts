import type { SecretStore } from '../plugins/secret-store/secret-store.ts';
import type { SecretAges } from './secret-ages.ts';

/** The same store, which gives nothing that is older than it may be. */
export function limitAges(store: SecretStore, ages: SecretAges): SecretStore {
  return {
    ...store,
    async get(reference, limits) {
      const value = await store.get(reference);
      ages.check(reference, value, limits?.maxAgeDays);
      return value;
    },
    async close() {
      await store.close();
      await ages.settle();
    },
  };
}
