import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';

type Stored = Pick<Context, 'store'>['store'];

const pollMilliseconds = 50;
const patienceMilliseconds = 10_000;

/** Says to the other gateways of which erasures this one has forgotten the keys. */
export async function noteErasures({ sql, seat, keyring }: Stored): Promise<void> {
  if (!seat.isShared) return;
  await sql
    .updateTable('ledger_streams')
    .set({ erasures: keyring.erasures })
    .where('number', '=', seat.stream)
    .where('holder', '=', seat.holder)
    .where('erasures', '<>', keyring.erasures)
    .execute();
}

/**
 * Forgets the keys that another gateway has destroyed, and says so. What is said to be erased now has its keys until a moment
 * later: `isBegun` is true while there is such a one.
 */
export async function followErasures({
  store,
}: Pick<Context, 'store'>): Promise<{ readonly isBegun: boolean }> {
  const rows = await store.sql
    .selectFrom('ledger_erasures')
    .select(['number', 'state'])
    .orderBy('number', 'desc')
    .limit(20)
    .execute();
  const punctured = rows.find(({ state }) => state !== 'begun')?.number ?? 0;
  if (punctured > store.keyring.erasures) await store.reloadKeys();
  await noteErasures(store);
  return { isBegun: rows.some(({ state }) => state === 'begun') };
}

/** Resolves when no living gateway can open any more what was erased. Throws `ledger.unavailable` when one does not say so. */
export async function waitForOthers(store: Stored, erasure: number): Promise<void> {
  if (!store.seat.isShared) return;
  for (let waited = 0; ; waited += pollMilliseconds) {
    const live = await store.listLiveStreams();
    const behind = await store.sql
      .selectFrom('ledger_streams')
      .select('number')
      .where('number', 'in', [...live, store.seat.stream])
      .where('number', '<>', store.seat.stream)
      .where('erasures', '<', erasure)
      .execute();
    if (behind.length === 0) return;
    if (waited >= patienceMilliseconds) break;
    await sleep(pollMilliseconds);
  }
  throw new AppError('ledger.unavailable', { detail: 'another gateway has not forgotten the keys yet' });
}
