import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { OnePasswordConfig } from '../../../config/secret-stores.ts';
import type { Platform } from '../../../platform/platform.ts';
import { createFreshCache } from '../fresh-cache.ts';
import { refuseChanges } from '../refuse-changes.ts';
import { pickField, requireReference } from '../secret-rules.ts';
import type { SecretEntry, SecretStore, SecretValue } from '../secret-store.ts';
import { createStoreClient } from '../store-client.ts';
import { type ConnectItem, readItem } from './read-item.ts';

export interface OnePasswordStoreOptions {
  readonly config: OnePasswordConfig;
  /** PEM of the authority to trust, when it is not the system's. */
  readonly ca?: string;
  readonly platform: Platform;
  readFile(path: string): Promise<string>;
  /** How long a value is used without asking again. */
  readonly freshMilliseconds: number;
  readonly timeoutMilliseconds?: number;
}

type Ask = (path: string) => Promise<JsonValue>;

const mostCached = 1_000;
const ids = /^[a-z0-9]{26}$/;
const tokenText = /^[\x21-\x7e]{1,8192}$/;

/** Reads items of 1Password through a Connect server. */
export function createOnePasswordStore(options: OnePasswordStoreOptions): SecretStore {
  const { config, ca, platform, readFile, freshMilliseconds, timeoutMilliseconds } = options;
  const { name: store } = config;
  const client = createStoreClient({
    name: store,
    url: config.url,
    ...(ca === undefined ? {} : { ca }),
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  });
  const cache = createFreshCache<ConnectItem>({
    now: () => platform.now(),
    freshMilliseconds,
    mostEntries: mostCached,
  });
  const mapped = new Map(Object.entries(config.secrets));
  const ask: Ask = async (path) => {
    const token = await readToken(readFile, config.tokenFile, store);
    const { status, body } = await client.send({
      method: 'GET',
      path: `/v1/${path}`,
      headers: { authorization: `Bearer ${token}` },
    });
    if (status === 200) return body;
    if (status === 404)
      throw new AppError('secret.not_found', { detail: `${store} has no such vault or item` });
    throw new AppError('secret.unavailable', { detail: `${store} answered with status ${status}` });
  };
  const get = async (reference: string): Promise<SecretValue> => {
    const { name, field } = requireReference(reference);
    const place = mapped.get(name);
    if (place === undefined) throw new AppError('secret.not_found', { detail: name });
    const item = await cache.get(`${place.vault}\n${place.item}`, () => findItem(ask, place, store));
    const value = pickField(item.fields, field ?? place.field, name);
    return { value, version: item.version, changedAt: item.changedAt };
  };
  return {
    ...refuseChanges(`secrets of ${store} are changed in 1Password`),
    get,
    list: () => listEntries([...mapped.keys()].sort(), get),
    close: () => client.close(),
  };
}

async function findItem(
  ask: Ask,
  place: { readonly vault: string; readonly item: string },
  store: string,
): Promise<ConnectItem> {
  const vault = await findId(ask, 'vaults', `name eq "${place.vault}"`, place.vault, store);
  const items = `vaults/${vault}/items`;
  const item = await findId(ask, items, `title eq "${place.item}"`, place.item, store);
  return readItem(await ask(`${items}/${item}`), { vault, item }, store);
}

/** An id stands for itself; a title has to be that of exactly one. */
async function findId(ask: Ask, path: string, filter: string, named: string, store: string): Promise<string> {
  if (ids.test(named)) return named;
  const listed = await ask(`${path}?filter=${encodeURIComponent(filter)}`);
  const found = Array.isArray(listed) ? listed.filter((one) => isNamed(one, named)) : [];
  if (found.length > 1)
    throw new AppError('secret.unavailable', { detail: `${store} has more than one ${named}` });
  const id = found[0]?.id;
  if (id === undefined) throw new AppError('secret.not_found', { detail: `${store} has no ${named}` });
  if (typeof id !== 'string' || !ids.test(id))
    throw new AppError('secret.unavailable', { detail: `${store} cannot be trusted: an id is none` });
  return id;
}

/** The filter is the server's to apply; what does not match it is somebody else's. */
function isNamed(value: JsonValue, named: string): value is JsonObject {
  return isJsonObject(value) && (value.name === named || value.title === named);
}

async function readToken(
  readFile: (path: string) => Promise<string>,
  path: string,
  store: string,
): Promise<string> {
  const text = await readFile(path).catch((cause: unknown) => {
    throw new AppError('secret.unavailable', {
      detail: `${store}: the file of its token cannot be read`,
      cause,
    });
  });
  const token = text.trim();
  if (!tokenText.test(token))
    throw new AppError('secret.unavailable', { detail: `${store}: its token is no token` });
  return token;
}

async function listEntries(
  names: readonly string[],
  get: (name: string) => Promise<SecretValue>,
): Promise<readonly SecretEntry[]> {
  const entries: SecretEntry[] = [];
  for (const name of names) {
    try {
      const { version, changedAt } = await get(name);
      entries.push({ name, version, changedAt, previousUntil: null, kind: 'static' });
    } catch (thrown) {
      // A name without a usable value is left out, so that whoever refers to it is told that it is missing.
      if (!(thrown instanceof AppError && /^secret\.(not_found|invalid)$/.test(thrown.code))) throw thrown;
    }
  }
  return entries;
}
