import { AppError } from '@countersign/api';
import type { VaultConfig, VaultSecret } from '../../../config/secret-stores.ts';
import type { Platform } from '../../../platform/platform.ts';
import { sha256 } from '../../../platform/sha256.ts';
import { createFreshCache } from '../fresh-cache.ts';
import { refuseChanges } from '../refuse-changes.ts';
import { pickField, requireReference } from '../secret-rules.ts';
import type { SecretEntry, SecretStore, SecretValue } from '../secret-store.ts';
import { createStoreClient } from '../store-client.ts';
import { readBeside } from './read-beside.ts';
import { createVaultClient } from './vault-client.ts';
import { createVaultFolder, type VaultFolder } from './vault-folder.ts';
import { createVaultKv, type KvSecret, type VaultKv } from './vault-kv.ts';
import { createVaultLeases, type VaultLeases } from './vault-leases.ts';
import { createVaultLogin } from './vault-login.ts';

export interface VaultStoreOptions {
  readonly config: VaultConfig;
  /** PEM of the authority to trust, when it is not the system's. */
  readonly ca?: string;
  readonly platform: Platform;
  readFile(path: string): Promise<string>;
  /** How long a value is used without asking again. */
  readonly freshMilliseconds: number;
  readonly timeoutMilliseconds?: number;
}

const mostCached = 1_000;
const closeMilliseconds = 2_000;
const readAtOnce = 8;

/** Reads KV version 2 and leased credentials of HashiCorp Vault or OpenBao, and keeps its own in a folder of KV. */
export function createVaultStore(options: VaultStoreOptions): SecretStore {
  const { config, ca, platform, readFile, freshMilliseconds, timeoutMilliseconds } = options;
  const { name, namespace } = config;
  const now = () => platform.now();
  const client = createStoreClient({
    name,
    url: config.url,
    ...(ca === undefined ? {} : { ca }),
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  });
  const onReplaced = (): void => leases.forget();
  const space = namespace === undefined ? {} : { namespace };
  const login = createVaultLogin({ name, client, auth: config.auth, ...space, now, readFile, onReplaced });
  const vault = createVaultClient(client, login, { name, ...space });
  const leases = createVaultLeases({ name, vault, now });
  const cache = createFreshCache<KvSecret>({ now, freshMilliseconds, mostEntries: mostCached });
  const kv = createVaultKv({ name, vault, cache });
  const folder = config.folder && createVaultFolder({ name, vault, kv, platform, ...config.folder });
  const mapped = new Map(Object.entries(config.secrets));
  const place = { mapped, kv, leases, folder, mount: config.folder?.mount ?? '', now, overlaps: new Map() };
  return {
    ...refuseChanges(`secrets of ${name} are changed there`),
    get: (reference) => readSecret(place, reference),
    list: () => listSecrets(place),
    ...(folder === undefined ? {} : changeFolder(place, folder)),
    trustRestored: async () => kv.forgetSeen(),
    async close() {
      // A Vault that hangs must not keep the server from stopping: what is not given back ends by itself.
      const patience = setTimeout(() => void client.close(), closeMilliseconds);
      await leases.close();
      await login.close();
      clearTimeout(patience);
      await client.close();
    },
  };
}

interface Place {
  readonly mapped: ReadonlyMap<string, VaultSecret>;
  readonly kv: VaultKv;
  readonly leases: VaultLeases;
  readonly folder: VaultFolder | undefined;
  readonly mount: string;
  now(): number;
  /** Names seen with a value before, and until when. */
  readonly overlaps: Map<string, number>;
}

async function readSecret(place: Place, reference: string): Promise<SecretValue> {
  const { name, field } = requireReference(reference);
  const known = place.mapped.get(name);
  if (known === undefined) return readFromFolder(place, name, field);
  if ('lease' in known) {
    const { id, values, issuedAt } = await place.leases.get(known.lease);
    const value = pickField(values, field ?? known.field, name);
    return { value, version: sha256(id).slice(0, 22), changedAt: issuedAt };
  }
  const secret = await place.kv.get(known.mount, known.path);
  const { version, changedAt } = secret;
  return { value: pickField(secret.values, field ?? known.field, name), version, changedAt };
}

async function readFromFolder(place: Place, name: string, field: string | undefined): Promise<SecretValue> {
  const { folder, kv, mount, overlaps } = place;
  if (folder === undefined) throw new AppError('secret.not_found', { detail: name });
  const kept = readBeside(await kv.get(mount, folder.pathOf(name)), field, name);
  const { value, version, changedAt, previous } = kept;
  if (previous === undefined) return { value, version, changedAt };
  overlaps.set(name, previous.until);
  if (previous.until <= place.now()) return { value, version, changedAt };
  return { value, version, changedAt, previous: { value: previous.value, version: previous.version } };
}

async function listSecrets(place: Place): Promise<readonly SecretEntry[]> {
  const names = [...new Set([...place.mapped.keys(), ...((await place.folder?.listNames()) ?? [])])].sort();
  const entries: SecretEntry[] = [];
  for (let at = 0; at < names.length; at += readAtOnce) {
    const read = await Promise.all(names.slice(at, at + readAtOnce).map((name) => findEntry(place, name)));
    entries.push(...read.filter((entry) => entry !== undefined));
  }
  return entries;
}

async function findEntry(place: Place, name: string): Promise<SecretEntry | undefined> {
  const known = place.mapped.get(name);
  // Looking at a list must not make credentials.
  if (known !== undefined && 'lease' in known)
    return { name, version: 'leased', changedAt: null, previousUntil: null, kind: 'leased' };
  const secret = await readSecret(place, name).catch(ignoreUnfit);
  if (secret === undefined) return undefined;
  const previousUntil = secret.previous === undefined ? null : (place.overlaps.get(name) ?? null);
  const { version, changedAt } = secret;
  return { name, version, changedAt, previousUntil, kind: 'static' };
}

/** A name without a usable value is left out, so that whoever refers to it is told that it is missing. */
function ignoreUnfit(thrown: unknown): undefined {
  if (thrown instanceof AppError && /^secret\.(not_found|invalid)$/.test(thrown.code)) return undefined;
  throw thrown;
}

function changeFolder(
  place: Place,
  folder: VaultFolder,
): Pick<SecretStore, 'set' | 'rotate' | 'remove' | 'forgetPrevious'> {
  const { mapped, overlaps } = place;
  const requireOurs = (name: string): void => {
    if (!mapped.has(name)) return;
    throw new AppError('secret.unavailable', { detail: `${name} is kept elsewhere and changed there` });
  };
  return {
    async set(name, value) {
      requireOurs(name);
      overlaps.delete(name);
      return folder.write(name, value, null);
    },
    async rotate(name, value, previousUntil) {
      requireOurs(name);
      const entry = await folder.write(name, value, previousUntil);
      overlaps.set(name, previousUntil);
      return entry;
    },
    async remove(name) {
      requireOurs(name);
      overlaps.delete(name);
      const { name: known } = requireReference(name);
      await folder.remove(known);
    },
    async forgetPrevious() {
      const over: SecretEntry[] = [];
      for (const [name, until] of overlaps) {
        if (until > place.now()) continue;
        const entry = await folder.forgetPrevious(name).catch(ignoreUnfit);
        overlaps.delete(name);
        if (entry !== undefined) over.push(entry);
      }
      return over;
    },
  };
}
