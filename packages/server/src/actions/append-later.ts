import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type LedgerRecord } from '@countersign/api';
import type { Context } from '../context.ts';
import { type AppendEffect, CommitInDoubt } from '../plugins/database/database.ts';

/** More would be held in memory for a store that may never come back; a later start finds what is missing. */
const mostOwed = 10_000;
const shortestPauseMs = 100;
const longestPauseMs = 2_000;
const mostTries = 1_800;

const owed = new WeakMap<Context['store'], number>();

/**
 * How an action ended, or that it never went out, while the store was away: it is written once the store is back, so that no
 * decision is left without an end for as long as this process lives. Another process may have said so of this one meanwhile:
 * then this one writes nothing any more.
 */
export async function appendLater(
  { store }: Pick<Context, 'store'>,
  failure: unknown,
  records: readonly LedgerRecord[],
  effects: readonly AppendEffect[],
): Promise<void> {
  const waiting = owed.get(store) ?? 0;
  if (waiting >= mostOwed) return;
  owed.set(store, waiting + 1);
  try {
    let last = failure;
    for (let tries = 0, pauseMs = shortestPauseMs; tries < mostTries && isUnavailable(last); tries += 1) {
      if (last instanceof CommitInDoubt) {
        if (await last.settled) return;
      } else {
        await sleep(pauseMs, undefined, { ref: false });
        pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      }
      last = await store.append(records, effects).then(
        () => undefined,
        (error: unknown) => error,
      );
    }
  } finally {
    owed.set(store, (owed.get(store) ?? 1) - 1);
  }
}

/** Not where it is closed: nothing comes back then. */
function isUnavailable(thrown: unknown): boolean {
  return (
    thrown instanceof AppError &&
    (thrown.code === 'ledger.unavailable' || thrown.code === 'ledger.overloaded') &&
    thrown.detail === undefined
  );
}
