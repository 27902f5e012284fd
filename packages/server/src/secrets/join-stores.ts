import { AppError } from '@countersign/api';
import { parseSecretName } from '../plugins/secret-store/secret-name.ts';
import type { SecretEntry, SecretStore } from '../plugins/secret-store/secret-store.ts';

/**
 * Several stores behind one face: `store:name` is of that store, `name` of the default one. A store that fails fails
 * whatever needs it, and nothing is looked for in another instead.
 */
export function joinStores(standard: string, stores: ReadonlyMap<string, SecretStore>): SecretStore {
  const find = (reference: string) => {
    const parsed = parseSecretName(reference);
    if (parsed === undefined) throw new AppError('secret.invalid', { detail: 'the name is not a slug' });
    const store = stores.get(parsed.store ?? standard);
    if (store === undefined)
      throw new AppError('secret.not_found', { detail: `there is no store ${parsed.store}` });
    const prefix = parsed.store === undefined ? '' : `${parsed.store}:`;
    return { store, name: parsed.name, field: parsed.field, named: nameAs(prefix) };
  };
  const findWhole = (name: string) => {
    const found = find(name);
    if (found.field === undefined) return found;
    throw new AppError('secret.invalid', { detail: 'a secret is changed as a whole, not by field' });
  };
  const collect = async (read: (store: SecretStore) => Promise<readonly SecretEntry[]>) => {
    const all: SecretEntry[] = [];
    for (const [name, store] of stores) {
      const named = nameAs(name === standard ? '' : `${name}:`);
      all.push(...(await read(store)).map(named));
    }
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  return {
    async get(reference, limits) {
      const { store, name, field } = find(reference);
      return store.get(field === undefined ? name : `${name}#${field}`, limits);
    },
    list: () => collect((store) => store.list()),
    async set(reference, value) {
      const { store, name, named } = findWhole(reference);
      return named(await store.set(name, value));
    },
    async rotate(reference, value, previousUntil) {
      const { store, name, named } = findWhole(reference);
      return named(await store.rotate(name, value, previousUntil));
    },
    forgetPrevious: () => collect((store) => store.forgetPrevious()),
    async remove(reference) {
      const { store, name } = findWhole(reference);
      await store.remove(name);
    },
    async trustRestored() {
      for (const store of stores.values()) await store.trustRestored();
    },
    async refresh() {
      for (const store of stores.values()) await store.refresh?.();
    },
    async close() {
      await Promise.allSettled([...stores.values()].map((store) => store.close()));
    },
  };
}

function nameAs(prefix: string): (entry: SecretEntry) => SecretEntry {
  return (entry) => (prefix === '' ? entry : { ...entry, name: `${prefix}${entry.name}` });
}
