import type { Context } from '../../context.ts';
import { findLedgerSeqAt, listLedgerStreams, type StreamRange } from '../../ledger/index.ts';
import { keepAgentDays, keepDelegationUse } from './keep-use.ts';
import { readCalls } from './read-calls.ts';
import { dayMilliseconds, sumByAgent, sumByDelegation } from './sum-calls.ts';

type CountingContext = Pick<Context, 'store' | 'platform'>;

/** So much is looked back at when counting begins, and kept of the hours of agents. */
export const keptDays = 95;
/** What delegations were used for is kept longer: reviews may look back a year. */
const keptUseDays = 400;
const recordsAtOnce = 500;
/** Behind, it takes a small part of the machine; calls come first. */
const pauseBehindMilliseconds = 250;
const pauseMilliseconds = 15_000;

/** Job: counts what was decided since the last time, and says when to look again. */
export async function countUse(context: CountingContext): Promise<number> {
  const isBehind = await countNext(context);
  return context.platform.now() + (isBehind ? pauseBehindMilliseconds : pauseMilliseconds);
}

const mostSteps = 100;

/** Brings the counts up to now, as far as 50,000 records do; returns until when they are known, in epoch milliseconds. */
export async function catchUp(context: CountingContext): Promise<number> {
  for (let step = 0; step < mostSteps; step += 1) if (!(await countNext(context))) break;
  const known = await Promise.all(
    (await listLedgerStreams(context.store.sql)).map((range) => readProgress(context, range)),
  );
  return Math.min(...known.map(({ at }) => at));
}

/** Since when use is known, in epoch milliseconds: nothing before was ever counted. */
export async function countedSince({ store }: Pick<Context, 'store'>): Promise<number> {
  const row = await store.sql
    .selectFrom('use_progress')
    .innerJoin('ledger_entries', 'ledger_entries.seq', 'use_progress.counted_from')
    .select('ledger_entries.at')
    .where('use_progress.name', '=', 'ledger')
    .executeTakeFirst();
  return row?.at ?? 0;
}

interface Progress {
  readonly counted: number;
  readonly at: number;
}

/** Whether there is more in any stream. */
async function countNext(context: CountingContext): Promise<boolean> {
  let isBehind = false;
  for (const range of await listLedgerStreams(context.store.sql))
    if (await countStream(context, range)) isBehind = true;
  if (!isBehind) await forgetOld(context, context.platform.now());
  return isBehind;
}

/** Whether there is more. Counts each record once, whoever else counts: the place in the ledger moves with the sums. */
async function countStream(context: CountingContext, range: StreamRange): Promise<boolean> {
  const { store, platform } = context;
  const now = platform.now();
  const { end } = range;
  const { counted: from } = await readProgress(context, range);
  const to = Math.min(end, from + recordsAtOnce);
  const calls = from < to ? await readCalls(store, { from, to }) : [];
  const at = to < end ? (calls.at(-1)?.at ?? now) : now;
  await store.transaction(async (tx) => {
    const moved = await tx.sql
      .updateTable('use_progress')
      .set({ counted: to, at })
      .where('name', '=', nameProgress(range))
      .where('counted', '=', from)
      .executeTakeFirst();
    if (moved.numUpdatedRows !== 1n) return;
    await keepDelegationUse(tx, sumByDelegation(calls));
    await keepAgentDays(tx, sumByAgent(calls));
  });
  return to < end;
}

async function readProgress({ store, platform }: CountingContext, range: StreamRange): Promise<Progress> {
  const name = nameProgress(range);
  const read = () =>
    store.sql
      .selectFrom('use_progress')
      .select(['counted', 'at'])
      .where('name', '=', name)
      .executeTakeFirst();
  const known = await read();
  if (known !== undefined) return known;
  const first = await findLedgerSeqAt(store.sql, range, platform.now() - keptDays * dayMilliseconds);
  const row = { name, counted: first, counted_from: first, at: 0 };
  await store.transaction(async (tx) => {
    await tx.sql
      .insertInto('use_progress')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
  return (await read()) ?? row;
}

function nameProgress({ stream }: StreamRange): string {
  return stream === 0 ? 'ledger' : `ledger-${stream}`;
}

async function forgetOld({ store }: CountingContext, now: number): Promise<void> {
  const today = Math.floor(now / dayMilliseconds);
  await store.sql
    .deleteFrom('agent_days')
    .where('day', '<', today - keptDays)
    .execute();
  await store.sql
    .deleteFrom('delegation_use')
    .where('day', '<', today - keptUseDays)
    .execute();
}
