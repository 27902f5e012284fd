import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { MasterKey } from '../../../platform/master-key.ts';
import { sha256 } from '../../../platform/sha256.ts';

const time = z.number().int();
const sealedSecret = z.strictObject({
  name: z.string(),
  version: z.string(),
  changedAt: time,
  /** AES-256-GCM over the value; name and version are authenticated with it. */
  sealed: z.string(),
  /** What it was before its rotation, until then. */
  previous: z.strictObject({ version: z.string(), sealed: z.string(), until: time }).optional(),
});
const file = z.strictObject({
  format: z.literal('countersign-secrets'),
  v: z.literal(2),
  generation: z.number().int().min(1),
  secrets: z.array(sealedSecret),
  /** The digest of all of the above under the key, so that no part of an older file can be put into this one. */
  seal: z.string(),
});

export type SealedSecret = z.infer<typeof sealedSecret>;

export interface SecretsFile {
  /** Grows with every change; 0 when there is no file yet. */
  readonly generation: number;
  readonly secrets: readonly SealedSecret[];
}

/** What the file holds, whole and under this key. Throws `secret.unavailable` otherwise. */
export async function readSecretsFile(path: string, key: MasterKey): Promise<SecretsFile> {
  try {
    const text = await readFile(path, 'utf8');
    const { generation, secrets, seal } = file.parse(JSON.parse(text));
    if (key.open(seal, purposeOf(generation)) !== digestOf(secrets))
      throw new Error('the seal does not match');
    return { generation, secrets };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { generation: 0, secrets: [] };
    throw new AppError('secret.unavailable', {
      detail: 'the secrets file cannot be read, was changed or is sealed with another key',
      cause,
    });
  }
}

/** Replaces the file as a whole: after a crash there is the old one or the new one. Throws `secret.unavailable`. */
export async function writeSecretsFile(path: string, key: MasterKey, next: SecretsFile): Promise<void> {
  const { generation, secrets } = next;
  const seal = key.seal(digestOf(secrets), purposeOf(generation));
  const beside = `${path}.next`;
  try {
    await rm(beside, { force: true });
    await writeDurably(
      beside,
      JSON.stringify({ format: 'countersign-secrets', v: 2, generation, secrets, seal }),
    );
    await rename(beside, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw new AppError('secret.unavailable', { detail: 'the secrets file cannot be written', cause });
  }
}

function purposeOf(generation: number): string {
  return `countersign/secrets-file/v2 ${generation}`;
}

function digestOf(secrets: readonly SealedSecret[]): string {
  const rows = secrets.map(({ name, version, changedAt, sealed, previous }) => [
    ...[name, version, changedAt, sealed],
    ...(previous === undefined ? [] : [previous.version, previous.sealed, previous.until]),
  ]);
  return sha256(JSON.stringify(rows));
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
