import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { createMasterKey, type MasterKey } from '../../../platform/master-key.ts';
import type { Platform } from '../../../platform/platform.ts';

/**
 * The key of the secrets file: `COUNTERSIGN_SECRETS_KEY` (32 bytes, base64url), the file that
 * `COUNTERSIGN_SECRETS_KEY_FILE` names, or `secrets.key` in the data folder, made on first start for its owner only.
 * Throws `config.invalid`.
 */
export function loadSecretsKey(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  platform: Platform,
): MasterKey {
  const given = environment.COUNTERSIGN_SECRETS_KEY;
  if (given !== undefined) return parseKey(given, 'COUNTERSIGN_SECRETS_KEY');
  const file = environment.COUNTERSIGN_SECRETS_KEY_FILE;
  if (file !== undefined) return parseKey(readKeyFile(file) ?? '', 'COUNTERSIGN_SECRETS_KEY_FILE');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'secrets.key');
  return parseKey(readKeyFile(path) ?? makeKeyFile(path, platform), 'secrets.key');
}

function readKeyFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new AppError('config.invalid', { detail: 'the key of the secrets cannot be read', cause });
  }
}

function makeKeyFile(path: string, platform: Platform): string {
  const text = Buffer.from(platform.randomBytes(32)).toString('base64url');
  // Exclusive, so that two first starts cannot each make a key and one of them lose what it sealed.
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return text;
}

function parseKey(text: string, origin: string): MasterKey {
  const bytes = Buffer.from(text.trim(), 'base64url');
  if (bytes.length !== 32) {
    throw new AppError('config.invalid', { detail: `${origin} must hold 32 bytes in base64url` });
  }
  return createMasterKey(bytes);
}
