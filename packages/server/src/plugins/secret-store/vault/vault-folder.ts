import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Platform } from '../../../platform/platform.ts';
import { requireSecretName, requireSecretValue } from '../secret-rules.ts';
import type { SecretEntry } from '../secret-store.ts';
import { readBeside } from './read-beside.ts';
import { encodePath, type VaultClient } from './vault-client.ts';
import { type KvSecret, readKvVersion, type VaultKv } from './vault-kv.ts';

export interface VaultFolder {
  pathOf(name: string): string;
  listNames(): Promise<readonly string[]>;
  /** Throws `secret.not_found` for a rotation of what is not there. */
  write(name: string, value: string, previousUntil: number | null): Promise<SecretEntry>;
  forgetPrevious(name: string): Promise<SecretEntry | undefined>;
  remove(name: string): Promise<void>;
}

export interface VaultFolderOptions {
  readonly name: string;
  readonly vault: VaultClient;
  readonly kv: VaultKv;
  readonly platform: Platform;
  readonly mount: string;
  readonly path: string;
}

/**
 * Secrets that Countersign itself keeps in KV version 2, one under each name. What is beside the value says when it
 * changed and what it was before. Every write names the version it follows, so that of two at once one is refused.
 */
export function createVaultFolder(options: VaultFolderOptions): VaultFolder {
  const { name: store, vault, kv, platform, mount, path } = options;
  const pathOf = (name: string): string => `${path}/${name}`;
  const save = async (name: string, data: JsonObject, follows: number): Promise<void> => {
    kv.drop(mount, pathOf(name));
    const place = `${encodePath(mount)}/data/${encodePath(pathOf(name))}`;
    const answer = await vault.call('POST', place, { options: { cas: follows }, data });
    if (answer.status === 404)
      throw new AppError('secret.unavailable', { detail: `${store} has no such place` });
    kv.drop(mount, pathOf(name));
  };
  const readNow = async (name: string): Promise<KvSecret> => {
    kv.drop(mount, pathOf(name));
    return kv.get(mount, pathOf(name));
  };
  return {
    pathOf,
    async listNames() {
      const place = `${encodePath(mount)}/metadata/${encodePath(path)}?list=true`;
      const { status, body } = await vault.call('GET', place);
      return status === 404 ? [] : readKeys(body, store);
    },
    async write(name, value, previousUntil) {
      requireSecretName(name);
      requireSecretValue(value);
      const last = await readNow(name).catch((thrown: unknown) => {
        if (thrown instanceof AppError && thrown.code === 'secret.not_found' && previousUntil === null)
          return undefined;
        throw thrown;
      });
      const follows = last?.number ?? (await readKvVersion(vault, mount, pathOf(name), store));
      const version = Buffer.from(platform.randomBytes(12)).toString('base64url');
      const changedAt = platform.now();
      const before = last === undefined || previousUntil === null ? undefined : readBeside(last);
      const previous =
        before === undefined || previousUntil === null
          ? {}
          : { previous: { value: before.value, version: before.version, until: previousUntil } };
      const countersign = { number: follows + 1, version, changedAt, ...previous };
      await save(name, { value, countersign }, follows);
      return { name, version, changedAt, previousUntil, kind: 'static' };
    },
    async forgetPrevious(name) {
      const last = await readNow(name);
      const { value, version, changedAt, previous } = readBeside(last);
      if (previous === undefined || previous.until > platform.now()) return undefined;
      const countersign = { number: last.number + 1, version, changedAt };
      await save(name, { value, countersign }, last.number);
      return { name, version, changedAt, previousUntil: previous.until, kind: 'static' };
    },
    async remove(name) {
      await readNow(name);
      kv.drop(mount, pathOf(name));
      await vault.call('DELETE', `${encodePath(mount)}/metadata/${encodePath(pathOf(name))}`);
      kv.drop(mount, pathOf(name));
    },
  };
}

const mostNames = 1_000;

/** Names that Countersign could have written; others, and folders inside, are somebody else's. Hostile input. */
function readKeys(body: JsonValue, store: string): readonly string[] {
  const data = isJsonObject(body) ? body.data : undefined;
  const keys = isJsonObject(data) ? data.keys : undefined;
  if (!Array.isArray(keys)) throw new AppError('secret.unavailable', { detail: `${store} lists no names` });
  return keys
    .filter((key) => typeof key === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(key))
    .slice(0, mostNames) as string[];
}
