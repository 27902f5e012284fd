import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import type { Store } from '../../plugins/database/database.ts';
import { growLimit, readCounted, type SliceNeed, writeLimitGranted } from './slice-rows.ts';
import type { SlicedCounter } from './sliced-counter.ts';

export interface LimitSharing {
  readonly store: Pick<Store, 'sql' | 'seat' | 'transaction'>;
  now(): number;
  /** Asks the others to give back what they have not used of it. */
  ask(subject: string): void;
}

const patienceMs = 1_500;
const pollMs = 20;
const askEveryMs = 200;

/** What this gateway may count by itself under limits that others count under, too. */
export class LimitSlices {
  readonly #sharing: LimitSharing;

  constructor(sharing: LimitSharing) {
    this.#sharing = sharing;
  }

  /** Resolves to false when there is no room anywhere. Rejects with `task.held_elsewhere` when others have it and do not give it back. */
  async grow(counter: SlicedCounter, need: SliceNeed): Promise<boolean> {
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const found = await counter.inTurn(() => this.#growOnce(counter, need));
      if (found !== 'elsewhere') return found === 'here';
      if (waitedMs >= patienceMs)
        throw new AppError('task.held_elsewhere', { headers: { 'retry-after': '1' } });
      if (waitedMs % askEveryMs < pollMs) this.#sharing.ask(counter.subject);
      await sleep(pollMs);
    }
  }

  /** What all have counted, for policies to read. */
  async refresh(counters: readonly SlicedCounter[]): Promise<void> {
    const { store, now } = this.#sharing;
    for (const counter of counters)
      await counter.inTurn(async () => {
        counter.learn(await readCounted(store.sql, counter.name, store.seat.holder, now));
      });
  }

  /** Another gateway needs some of it, or nobody here does any more. */
  async give(counter: SlicedCounter): Promise<void> {
    const { store } = this.#sharing;
    const give = async (): Promise<void> => {
      if (!counter.shrink()) return;
      const { slice } = counter;
      await store.transaction((tx) => writeLimitGranted(tx.sql, counter.name, store.seat.holder, slice));
    };
    // It is not used here any more; the database learns it with the next grant, or when this gateway ends.
    await counter.inTurn(give).catch(() => {});
  }

  async #growOnce(counter: SlicedCounter, need: SliceNeed): Promise<'here' | 'elsewhere' | 'nowhere'> {
    const { store, now } = this.#sharing;
    if (hasRoom(counter, need, now())) return 'here';
    const grown = await store.transaction((tx) =>
      growLimit(tx.sql, counter, store.seat.holder, { need, now }),
    );
    counter.learn(grown);
    counter.isWhole = !grown.isUnspent;
    if (hasRoom(counter, need, now())) return 'here';
    return grown.isUnspent ? 'elsewhere' : 'nowhere';
  }
}

/** All that is wanted, or as much as there is anywhere. */
export function hasRoom(counter: SlicedCounter, { most, least, wanted }: SliceNeed, at: number): boolean {
  const left = counter.leftOf(most, at);
  return left >= wanted || (counter.isWhole && left >= least && least > 0);
}
