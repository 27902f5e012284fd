import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';

export const destroyCopyInput = z.strictObject({ number: z.coerce.number().int().min(1) });

export interface KeyCopy {
  readonly number: number;
  /** The number of the last erasure it knows: what was erased later it can still open. */
  readonly erasures: number;
  readonly by: string;
  readonly at: number;
  readonly destroyedAt: number | null;
  /** True while it can open something that was erased since it was made. */
  readonly isStale: boolean;
}

type Parts = Pick<Context, 'store' | 'platform' | 'config'>;

/** A numbered copy of the evidence keys as they are now, sealed under the master key as the file itself is. */
export async function backUpKeys(
  { store, platform, config }: Parts,
  actor: Actor,
): Promise<{ readonly copy: KeyCopy; readonly file: string }> {
  requirePermission(actor, 'ledger.back_up_keys');
  const at = platform.now();
  const by = nameActor(actor);
  // Read before it is numbered: the copy then never knows fewer keys to be destroyed than is said of it.
  const { erasures } = store.keyring;
  const file = await readFile(join(config.data.folder, 'evidence.keys'), 'utf8');
  return store.transaction(async (tx) => {
    const newest = tx.sql.selectFrom('ledger_key_copies').select('number').orderBy('number', 'desc').limit(1);
    const number = ((await newest.executeTakeFirst())?.number ?? 0) + 1;
    await tx.sql
      .insertInto('ledger_key_copies')
      .values({ number, erasures, by, at, destroyed_at: null })
      .execute();
    const body = { copy: number, erasures, by };
    tx.record({ id: platform.newId('rec'), kind: 'ledger.keys_copied', at, causes: [], body });
    return { copy: { number, erasures, by, at, destroyedAt: null, isStale: false }, file };
  });
}

/** Takes somebody's word that a copy is no more. Throws `ledger.key_copy_not_found`. */
export async function destroyCopy(
  { store, platform }: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof destroyCopyInput>,
): Promise<KeyCopy> {
  requirePermission(actor, 'ledger.back_up_keys');
  const { number } = destroyCopyInput.parse(input);
  const at = platform.now();
  const by = nameActor(actor);
  return store.transaction(async (tx) => {
    const of = tx.sql.selectFrom('ledger_key_copies').selectAll().where('number', '=', number);
    const row = await of.executeTakeFirst();
    if (row === undefined || row.destroyed_at !== null) throw new AppError('ledger.key_copy_not_found');
    await tx.sql
      .updateTable('ledger_key_copies')
      .set({ destroyed_at: at })
      .where('number', '=', number)
      .execute();
    const body = { copy: number, by };
    tx.record({ id: platform.newId('rec'), kind: 'ledger.key_copy_destroyed', at, causes: [], body });
    return { ...showCopy(row, store.keyring.erasures), destroyedAt: at, isStale: false };
  });
}

/** Newest first. */
export async function listCopies(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
): Promise<readonly KeyCopy[]> {
  requirePermission(actor, 'ledger.read');
  const rows = await store.sql
    .selectFrom('ledger_key_copies')
    .selectAll()
    .orderBy('number', 'desc')
    .execute();
  return rows.map((row) => showCopy(row, store.keyring.erasures));
}

/** The numbers of the copies that can open something that was erased since. */
export async function listStaleCopies({ store }: Pick<Context, 'store'>): Promise<readonly number[]> {
  const rows = await store.sql
    .selectFrom('ledger_key_copies')
    .select('number')
    .where('destroyed_at', 'is', null)
    .where('erasures', '<', store.keyring.erasures)
    .orderBy('number')
    .execute();
  return rows.map(({ number }) => number);
}

function showCopy(
  row: { number: number; erasures: number; by: string; at: number; destroyed_at: number | null },
  erasures: number,
): KeyCopy {
  const { destroyed_at, ...rest } = row;
  return { ...rest, destroyedAt: destroyed_at, isStale: destroyed_at === null && row.erasures < erasures };
}
