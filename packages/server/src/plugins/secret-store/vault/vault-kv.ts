import { AppError } from '@countersign/api';
import { isJsonObject, type JsonValue } from '@countersign/core';
import { RecentMap } from '../../../platform/recent-map.ts';
import { sha256 } from '../../../platform/sha256.ts';
import type { FreshCache } from '../fresh-cache.ts';
import { encodePath, type VaultClient } from './vault-client.ts';

/** One version of one secret of a KV version 2 engine. */
export interface KvSecret {
  readonly values: ReadonlyMap<string, JsonValue>;
  /** Vault's own count of versions. */
  readonly number: number;
  readonly version: string;
  readonly changedAt: number;
}

export interface VaultKv {
  /** Throws `secret.not_found`, also for what was deleted or destroyed. */
  get(mount: string, path: string): Promise<KvSecret>;
  drop(mount: string, path: string): void;
  /** Forgets how new each secret was when it was last seen. */
  forgetSeen(): void;
}

type Seen = Pick<KvSecret, 'number' | 'changedAt'>;
const mostSeen = 10_000;

export function createVaultKv(options: {
  readonly name: string;
  readonly vault: VaultClient;
  readonly cache: FreshCache<KvSecret>;
}): VaultKv {
  const { name, vault, cache } = options;
  let seen = new RecentMap<Seen>(mostSeen);
  const read = async (mount: string, path: string): Promise<KvSecret> => {
    const key = `${mount} ${path}`;
    const { status, body } = await vault.call('GET', `${encodePath(mount)}/data/${encodePath(path)}`);
    const secret = status === 404 ? undefined : readSecret(body, key, name);
    if (secret === undefined) throw new AppError('secret.not_found', { detail: `${name} does not hold it` });
    const last = seen.get(key);
    // A lagging replica, or somebody in between, would bring back a value that was replaced.
    if (last !== undefined && isOlder(secret, last)) throw lied(name, 'an older version than before');
    seen.add(key, { number: secret.number, changedAt: secret.changedAt });
    return secret;
  };
  return {
    get: (mount, path) => cache.get(`${mount} ${path}`, () => read(mount, path)),
    drop: (mount, path) => cache.drop(`${mount} ${path}`),
    forgetSeen() {
      seen = new RecentMap<Seen>(mostSeen);
    },
  };
}

/** The count a next write has to follow: also of a secret of which only the history is left. */
export async function readKvVersion(
  vault: VaultClient,
  mount: string,
  path: string,
  name: string,
): Promise<number> {
  const { status, body } = await vault.call('GET', `${encodePath(mount)}/metadata/${encodePath(path)}`);
  if (status === 404) return 0;
  const data = isJsonObject(body) ? body.data : undefined;
  const current = isJsonObject(data) ? data.current_version : undefined;
  if (typeof current !== 'number') throw lied(name, 'no version');
  return current;
}

/** Undefined for a version that was destroyed or deleted. Hostile input. */
function readSecret(body: JsonValue, key: string, name: string): KvSecret | undefined {
  const outer = isJsonObject(body) ? body.data : undefined;
  const { data, metadata } = isJsonObject(outer) ? outer : {};
  if (!isJsonObject(metadata)) throw lied(name, 'no KV version 2 secret');
  const { version: number, created_time: created, destroyed, deletion_time: deleted } = metadata;
  if (typeof number !== 'number' || typeof created !== 'string') throw lied(name, 'no version');
  const changedAt = Date.parse(created);
  if (Number.isNaN(changedAt)) throw lied(name, 'no time');
  if (destroyed === true || (deleted !== '' && deleted !== undefined && data === null)) return undefined;
  if (!isJsonObject(data)) throw lied(name, 'no fields');
  const version = sha256(JSON.stringify([key, number, created])).slice(0, 22);
  return { values: new Map(Object.entries(data)), number, version, changedAt };
}

function isOlder(secret: Seen, last: Seen): boolean {
  if (secret.changedAt !== last.changedAt) return secret.changedAt < last.changedAt;
  return secret.number < last.number;
}

function lied(name: string, what: string): AppError {
  return new AppError('secret.unavailable', { detail: `${name} cannot be trusted: it answers with ${what}` });
}
