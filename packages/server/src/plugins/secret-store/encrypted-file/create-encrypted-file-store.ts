import { AppError } from '@countersign/api';
import type { MasterKey } from '../../../platform/master-key.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { GenerationMemory } from '../generation-memory.ts';
import { requireSecretName, requireSecretValue } from '../secret-rules.ts';
import type { SecretEntry, SecretStore, SecretValue } from '../secret-store.ts';
import { openHeldSecrets } from './held-secrets.ts';
import type { SealedSecret } from './secrets-file.ts';

export interface EncryptedFileOptions {
  readonly path: string;
  readonly key: MasterKey;
  readonly platform: Platform;
  /** Without it an older copy of the file passes for the newest. */
  readonly generations?: GenerationMemory;
}

/**
 * Keeps secrets in one file, each sealed under its own name and version, all of them under one seal. Throws
 * `secret.unavailable`; when the file is older than it was once seen, every use throws `secret.store_rolled_back`.
 */
export async function createEncryptedFileStore(options: EncryptedFileOptions): Promise<SecretStore> {
  const { key, platform } = options;
  const held = await openHeldSecrets(options);
  const put = async (name: string, value: string, previousUntil: number | null): Promise<SecretEntry> => {
    requireSecretName(name);
    requireSecretValue(value);
    const version = Buffer.from(platform.randomBytes(12)).toString('base64url');
    const changedAt = platform.now();
    const secret = { name, version, changedAt, sealed: key.seal(value, purposeOf(name, version)) };
    await held.change((next) => {
      const before = next.get(name);
      if (previousUntil === null) return next.set(name, secret);
      if (before === undefined) throw notFound(name);
      const previous = { version: before.version, sealed: before.sealed, until: previousUntil };
      return next.set(name, { ...secret, previous });
    });
    return { name, version, changedAt, previousUntil, kind: 'static' };
  };
  return {
    get: async (name) => readSecret(held.read().get(name), name, options),
    async list() {
      return [...held.read().values()].map(toEntry).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    set: (name, value) => put(name, value, null),
    rotate: (name, value, previousUntil) => put(name, value, previousUntil),
    async forgetPrevious() {
      const now = platform.now();
      const isOver = ({ previous }: SealedSecret) => previous !== undefined && previous.until <= now;
      const over = [...held.read().values()].filter(isOver);
      if (over.length === 0) return [];
      await held.change((next) => {
        for (const [name, { previous, ...secret }] of next)
          if (previous !== undefined && previous.until <= now) next.set(name, secret);
      });
      return over.map(toEntry);
    },
    async remove(name) {
      await held.change((next) => {
        if (!next.delete(name)) throw notFound(name);
      });
    },
    trustRestored: () => held.trust(),
    refresh: () => held.refresh(),
    close: () => held.settle(),
  };
}

function readSecret(
  secret: SealedSecret | undefined,
  name: string,
  { key, platform }: EncryptedFileOptions,
): SecretValue {
  if (secret === undefined) throw notFound(name);
  const { version, changedAt, previous } = secret;
  const value = openSealed(key, name, secret);
  // Compared here, so that the end of an overlap does not wait for the job that writes it down.
  if (previous === undefined || previous.until <= platform.now()) return { value, version, changedAt };
  const before = { value: openSealed(key, name, previous), version: previous.version };
  return { value, version, changedAt, previous: before };
}

function openSealed(key: MasterKey, name: string, held: { version: string; sealed: string }): string {
  try {
    return key.open(held.sealed, purposeOf(name, held.version));
  } catch (cause) {
    const detail = `${name} was changed or sealed with another key`;
    throw new AppError('secret.unavailable', { detail, cause });
  }
}

function purposeOf(name: string, version: string): string {
  return `countersign/secret/v1 ${name} ${version}`;
}

function toEntry({ name, version, changedAt, previous }: SealedSecret): SecretEntry {
  return { name, version, changedAt, previousUntil: previous?.until ?? null, kind: 'static' };
}

function notFound(name: string): AppError {
  return new AppError('secret.not_found', { detail: name.slice(0, 63) });
}
