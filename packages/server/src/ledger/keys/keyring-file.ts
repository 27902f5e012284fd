import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, retentionClasses } from '@countersign/api';
import { z } from 'zod';
import type { MasterKey } from '../../platform/master-key.ts';
import { secretBytes } from '../../plugins/database/sealing/derive-secret.ts';
import { treeDepth } from '../../plugins/database/sealing/key-tree.ts';
import { type KeyNodes, PayloadKeys } from '../../plugins/database/sealing/payload-keys.ts';

const file = z.strictObject({
  format: z.literal('countersign-evidence-keys'),
  v: z.literal(1),
  /** The ledger's name; whose keys these really are is authenticated. */
  origin: z.string(),
  erasures: z.number().int().min(0),
  sealed: z.string(),
});

const node = z.tuple([z.number().int().min(0).max(treeDepth), z.number().int().min(0), z.base64url()]);
const classes = z.array(z.tuple([z.enum(retentionClasses), z.array(node)])).max(retentionClasses.length);

export interface KeyringState {
  readonly keys: PayloadKeys;
  readonly erasures: number;
}

export interface KeyringFileOptions {
  readonly path: string;
  readonly masterKey: MasterKey;
  readonly ledger: { readonly origin: string; readonly vkey: string };
}

/** Undefined when there is no such file. Throws `ledger.keys_missing` when it is not this ledger's, or was changed. */
export async function readKeyringFile(options: KeyringFileOptions): Promise<KeyringState | undefined> {
  const { path, masterKey } = options;
  try {
    const { erasures, sealed } = file.parse(JSON.parse(await readFile(path, 'utf8')));
    const opened = masterKey.open(sealed, purposeOf(options, erasures));
    return { keys: new PayloadKeys(readNodes(JSON.parse(opened))), erasures };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    const detail = 'the file was changed, is of another ledger or is sealed with another master key';
    throw new AppError('ledger.keys_missing', { detail, cause });
  }
}

/**
 * Replaces the file as a whole: after a crash there is the old one or the new one, and once this resolves the old one
 * has no name any more. Throws `ledger.unavailable`.
 */
export async function writeKeyringFile(options: KeyringFileOptions, state: KeyringState): Promise<void> {
  await writeBeside(options, state, (beside) => rename(beside, options.path));
}

/** Makes the file where there is none; what another gateway has made meanwhile stays. Throws `ledger.unavailable`. */
export async function makeKeyringFile(options: KeyringFileOptions, state: KeyringState): Promise<void> {
  await writeBeside(options, state, (beside) =>
    link(beside, options.path).catch(async (thrown: unknown) => {
      // Whoever was faster has also removed what this one had written.
      if ((await readKeyringFile(options)) === undefined) throw thrown;
    }),
  );
}

async function writeBeside(
  options: KeyringFileOptions,
  { keys, erasures }: KeyringState,
  giveName: (beside: string) => Promise<void>,
): Promise<void> {
  const { path, masterKey, ledger } = options;
  const sealed = masterKey.seal(JSON.stringify(writeNodes(keys.nodes)), purposeOf(options, erasures));
  // Of this process alone: gateways that start together do not write into each other's.
  const beside = `${path}.next-${process.pid}`;
  try {
    await rm(beside, { force: true });
    const { origin } = ledger;
    await writeDurably(
      beside,
      JSON.stringify({ format: 'countersign-evidence-keys', v: 1, origin, erasures, sealed }),
    );
    await giveName(beside);
    await removeLeftovers(path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw new AppError('ledger.unavailable', { detail: 'the evidence keys cannot be written', cause });
  }
}

/** What interrupted writes have left could open what is erased now. */
async function removeLeftovers(path: string): Promise<void> {
  const names = await readdir(dirname(path));
  for (const name of names)
    if (name.startsWith(`${basename(path)}.next`)) await rm(join(dirname(path), name), { force: true });
}

function purposeOf({ ledger }: KeyringFileOptions, erasures: number): string {
  return `countersign/evidence-keys/v1 ${ledger.vkey} ${erasures}`;
}

function writeNodes(nodes: KeyNodes): z.infer<typeof classes> {
  return retentionClasses.map((name, number) => [
    name,
    (nodes[number] ?? []).map(({ level, index, secret }) => [
      level,
      index,
      Buffer.from(secret).toString('base64url'),
    ]),
  ]);
}

function readNodes(value: unknown): KeyNodes {
  const read = new Map(classes.parse(value));
  return retentionClasses.map((name) =>
    (read.get(name) ?? []).map(([level, index, secret]) => {
      const bytes = new Uint8Array(Buffer.from(secret, 'base64url'));
      if (bytes.length !== secretBytes) throw new RangeError('a secret of a key tree has another length');
      return { level, index, secret: bytes };
    }),
  );
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

export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
