import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../cli-error.ts';

const largestBytes = 8 * 1024 * 1024;

/** A client's file as it is; empty when there is none yet. */
export function readClientFile(path: string): string {
  if (!existsSync(path)) return '';
  const { size } = statSync(path);
  if (size > largestBytes) throw new CliError(`${path} is too large for a file of settings`);
  return readFileSync(path, 'utf8');
}

export const backupOf = (path: string): string => `${path}.before-countersign`;

/**
 * Replaces the file in one step, so that a client that reads it meanwhile sees the old or the new one. The first time what
 * was there is kept beside it, for its owner's eyes only: it may hold credentials.
 */
export function replaceClientFile(
  path: string,
  before: string,
  after: string,
): { readonly backup: string | null } {
  if (readClientFile(path) !== before)
    throw new CliError(`${path} has changed meanwhile; nothing was written`);
  mkdirSync(dirname(path), { recursive: true });
  const backup = backupOf(path);
  const isFirst = existsSync(path) && !existsSync(backup);
  if (isFirst) {
    copyFileSync(path, backup);
    chmodSync(backup, 0o600);
  }
  writeAtomically(path, after, existsSync(path) ? statSync(path).mode & 0o777 : 0o600);
  return { backup: existsSync(backup) ? backup : null };
}

/** The file as it was before; undefined when it was not there. */
export function readBackup(path: string): string | undefined {
  return existsSync(backupOf(path)) ? readClientFile(backupOf(path)) : undefined;
}

export function removeBackup(path: string): void {
  rmSync(backupOf(path), { force: true });
}

function writeAtomically(path: string, text: string, mode: number): void {
  const temporary = `${path}.${randomUUID()}`;
  try {
    writeFileSync(temporary, text, { mode, flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
