import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { createMasterKey, type MasterKey } from './master-key.ts';

/**
 * The key that seals private keys in the store: `COUNTERSIGN_MASTER_KEY` (32 bytes, base64url), the file that
 * `COUNTERSIGN_MASTER_KEY_FILE` names, or `master.key` in the data folder, made on first start for its owner only.
 * Throws `config.invalid`.
 */
export function loadMasterKey(
  folder: string,
  environment: NodeJS.ProcessEnv,
): { masterKey: MasterKey; fromFolder: boolean } {
  const given = environment.COUNTERSIGN_MASTER_KEY;
  if (given !== undefined) return { masterKey: parse(given, 'COUNTERSIGN_MASTER_KEY'), fromFolder: false };
  const file = environment.COUNTERSIGN_MASTER_KEY_FILE;
  if (file !== undefined) return { masterKey: parse(readFileSync(file, 'utf8'), file), fromFolder: false };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'master.key');
  return { masterKey: parse(readOrMake(path), path), fromFolder: true };
}

function readOrMake(path: string): string {
  const found = readIfThere(path);
  if (found !== undefined) return found;
  // Written whole and then given its name, which only one of several first starts gets: all seal with the same key.
  const own = `${path}.${randomBytes(8).toString('hex')}`;
  const descriptor = openSync(own, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64url')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own);
  }
  return readFileSync(path, 'utf8');
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

function parse(text: string, origin: string): MasterKey {
  const bytes = Buffer.from(text.trim(), 'base64url');
  if (bytes.length !== 32)
    throw new AppError('config.invalid', { detail: `${origin} must hold 32 bytes in base64url` });
  return createMasterKey(bytes);
}
