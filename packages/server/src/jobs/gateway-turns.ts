import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { Store } from '../plugins/database/database.ts';

export type TurnStore = Pick<Store, 'endSeat' | 'listLiveStreams' | 'seat' | 'sql'>;

/** What one gateway of a database does at a time. */
export type TurnName = 'erasures' | 'jobs' | 'secrets' | 'start' | `connection ${string}`;

const pauseMilliseconds = 50;
const patienceMilliseconds = 60_000;

/**
 * Takes it, or has it already; false while another gateway does that is alive. One that is not is proven so first, which takes
 * a second. Where nobody shares the database it is always this one's.
 */
export async function takeTurn(store: TurnStore, name: TurnName): Promise<boolean> {
  const { sql, seat } = store;
  if (!seat.isShared) return true;
  const has = await sql.selectFrom('gateway_turns').selectAll().where('name', '=', name).executeTakeFirst();
  if (has?.holder === seat.holder) return true;
  if (has !== undefined && !(await isOver(store, has))) return false;
  const { stream, holder } = seat;
  const taken = await sql
    .insertInto('gateway_turns')
    .values({ name, stream, holder })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ stream, holder })
        // Whatever was true when it was looked at: of those who ask now the database lets one through.
        .where('gateway_turns.holder', 'not in', (seats) =>
          seats.selectFrom('ledger_streams').select('ledger_streams.holder'),
        ),
    )
    .returning('holder')
    .executeTakeFirst();
  return taken !== undefined;
}

export async function giveTurn({ sql, seat }: TurnStore, name: TurnName): Promise<void> {
  if (!seat.isShared) return;
  const own = sql.deleteFrom('gateway_turns').where('holder', '=', seat.holder);
  await own.where('name', '=', name).execute();
}

/**
 * Does the work while no other gateway of the database does the same. In one process two would share the turn. Throws
 * `server.database_in_use` when others do not come to an end within a minute.
 */
export async function inTurn<T>(store: TurnStore, name: TurnName, work: () => Promise<T>): Promise<T> {
  if (!store.seat.isShared) return work();
  await waitFor(store, name);
  try {
    return await work();
  } finally {
    await giveTurn(store, name);
  }
}

/** Whether no other gateway of the database lives at this moment. */
export async function isAlone(store: Pick<Store, 'listLiveStreams' | 'seat'>): Promise<boolean> {
  const { isShared, stream: own } = store.seat;
  return !isShared || (await store.listLiveStreams()).every((stream) => stream === own);
}

async function waitFor(store: TurnStore, name: TurnName): Promise<void> {
  for (let waited = 0; waited < patienceMilliseconds; waited += pauseMilliseconds) {
    if (await takeTurn(store, name)) return;
    await sleep(pauseMilliseconds);
  }
  throw new AppError('server.database_in_use', {
    detail: `another gateway does not come to an end with its ${name}`,
  });
}

/** Whether whoever has it is gone for good. */
async function isOver(
  store: TurnStore,
  { stream, holder }: { readonly stream: number; readonly holder: string },
): Promise<boolean> {
  const seated = store.sql.selectFrom('ledger_streams').select('number').where('holder', '=', holder);
  if ((await seated.executeTakeFirst()) === undefined) return true;
  if ((await store.listLiveStreams()).includes(stream)) return false;
  return store.endSeat({ stream, holder });
}
