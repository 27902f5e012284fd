import { AppError } from '@countersign/api';
import type { MasterKey } from '../../../platform/master-key.ts';
import type { Platform } from '../../../platform/platform.ts';
import { requireSecretName, requireSecretValue } from '../secret-rules.ts';
import type { SecretEntry, SecretStore } from '../secret-store.ts';
import { readSecretsFile, type SealedSecret, writeSecretsFile } from './secrets-file.ts';

export interface EncryptedFileOptions {
  readonly path: string;
  readonly key: MasterKey;
  readonly platform: Platform;
}

/** Keeps secrets in one file, each sealed under its own name and version. Throws `secret.unavailable`. */
export async function createEncryptedFileStore({
  path,
  key,
  platform,
}: EncryptedFileOptions): Promise<SecretStore> {
  let secrets = new Map((await readSecretsFile(path)).map((secret) => [secret.name, secret]));
  let last: Promise<unknown> = Promise.resolve();

  /** Changes take turns; what is in memory is what is on disk, or the change never happened. */
  const change = (edit: (next: Map<string, SealedSecret>) => void): Promise<void> => {
    const turn = last.then(async () => {
      const next = new Map(secrets);
      edit(next);
      await writeSecretsFile(path, [...next.values()]);
      secrets = next;
    });
    last = turn.catch(() => {});
    return turn;
  };

  return {
    async get(name) {
      const secret = secrets.get(name);
      if (secret === undefined) throw new AppError('secret.not_found', { detail: name.slice(0, 63) });
      try {
        return { value: key.open(secret.sealed, purposeOf(secret)), version: secret.version };
      } catch (cause) {
        throw new AppError('secret.unavailable', {
          detail: `${name} was changed or sealed with another key`,
          cause,
        });
      }
    },
    async list() {
      return [...secrets.values()].map(toEntry).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async set(name, value) {
      requireSecretName(name);
      requireSecretValue(value);
      const version = Buffer.from(platform.randomBytes(12)).toString('base64url');
      const entry = { name, version, changedAt: platform.now() };
      const sealed = { ...entry, sealed: key.seal(value, purposeOf(entry)) };
      await change((next) => next.set(name, sealed));
      return entry;
    },
    async remove(name) {
      await change((next) => {
        if (!next.delete(name)) throw new AppError('secret.not_found', { detail: name.slice(0, 63) });
      });
    },
  };
}

function purposeOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `countersign/secret/v1 ${name} ${version}`;
}

function toEntry({ name, version, changedAt }: SealedSecret): SecretEntry {
  return { name, version, changedAt };
}
