import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@countersign/api';
import { z } from 'zod';

const file = z.strictObject({
  format: z.literal('countersign-secrets'),
  v: z.literal(1),
  secrets: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      changedAt: z.number().int(),
      sealed: z.string(),
    }),
  ),
});

export interface SealedSecret {
  readonly name: string;
  readonly version: string;
  readonly changedAt: number;
  /** AES-256-GCM over the value; name and version are authenticated with it. */
  readonly sealed: string;
}

/** What the file holds; nothing when there is no file yet. Throws `secret.unavailable` when it cannot be read. */
export async function readSecretsFile(path: string): Promise<readonly SealedSecret[]> {
  try {
    const text = await readFile(path, 'utf8');
    return file.parse(JSON.parse(text)).secrets;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new AppError('secret.unavailable', { detail: 'the secrets file cannot be read', cause });
  }
}

/** Replaces the file as a whole: after a crash there is the old one or the new one. Throws `secret.unavailable`. */
export async function writeSecretsFile(path: string, secrets: readonly SealedSecret[]): Promise<void> {
  const next = `${path}.next`;
  try {
    await rm(next, { force: true });
    await writeDurably(next, JSON.stringify({ format: 'countersign-secrets', v: 1, secrets }));
    await rename(next, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw new AppError('secret.unavailable', { detail: 'the secrets file cannot be written', cause });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
