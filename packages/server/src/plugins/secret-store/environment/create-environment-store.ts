import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '@countersign/api';
import type { Platform } from '../../../platform/platform.ts';
import { refuseChanges } from '../refuse-changes.ts';
import { requireSecretName, requireSecretValue } from '../secret-rules.ts';
import type { SecretStore, SecretValue } from '../secret-store.ts';

const prefix = 'COUNTERSIGN_SECRET_';
const fileSuffix = '_FILE';
const variable = /^COUNTERSIGN_SECRET_[A-Z][A-Z0-9_]{0,62}$/;

export interface EnvironmentOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
}

/**
 * Reads the secret `payments-key` from `COUNTERSIGN_SECRET_PAYMENTS_KEY`, or from the file that
 * `COUNTERSIGN_SECRET_PAYMENTS_KEY_FILE` names, which is read anew each time so that a mounted secret can rotate.
 */
export function createEnvironmentStore({ environment, platform }: EnvironmentOptions): SecretStore {
  // A version must change with the value and tell nothing about it.
  const versionKey = platform.randomBytes(32);
  const nameVersion = (value: string) =>
    createHmac('sha256', versionKey).update(value).digest('base64url').slice(0, 16);

  const get = async (name: string): Promise<SecretValue> => {
    requireSecretName(name);
    const value = await readValue(environment, `${prefix}${name.toUpperCase().replaceAll('-', '_')}`, name);
    requireSecretValue(value);
    return { value, version: nameVersion(value), changedAt: null };
  };
  return {
    ...refuseChanges('secrets come from the environment and are not changed here'),
    get,
    async list() {
      const names = listNames(environment);
      const held = await Promise.all(names.map(get));
      return names.map((name, i) => ({
        name,
        version: held[i]?.version ?? '',
        changedAt: null,
        previousUntil: null,
        kind: 'static',
      }));
    },
  };
}

async function readValue(
  environment: EnvironmentOptions['environment'],
  name: string,
  secret: string,
): Promise<string> {
  const value = environment[name];
  if (value !== undefined) return value;
  const path = environment[`${name}${fileSuffix}`];
  if (path === undefined) throw new AppError('secret.not_found', { detail: secret });
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new AppError('secret.unavailable', { detail: `the file of ${secret} cannot be read`, cause });
  }
}

function listNames(environment: EnvironmentOptions['environment']): readonly string[] {
  const names = Object.keys(environment)
    .filter((name) => variable.test(name) && environment[name] !== undefined)
    .map((name) => (name.endsWith(fileSuffix) ? name.slice(0, -fileSuffix.length) : name))
    .map((name) => name.slice(prefix.length).toLowerCase().replaceAll('_', '-'));
  return [...new Set(names)].sort();
}
