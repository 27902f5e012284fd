import { registerSeat, settleSeat } from '../../actions/index.ts';
import type { Store } from '../../plugins/database/database.ts';
import { openSharedTestStore } from '../../plugins/database/open-test-store.ts';
import { createSlicedCounters, type LimitCounters } from '../../policies/index.ts';
import { createTestHouse, type TestHouse } from '../create-test-house.ts';
import { createAsks } from './asks.ts';

export interface TestGateway {
  readonly store: Store;
  readonly house: TestHouse;
  readonly counters: LimitCounters;
  /** Hears nothing and says nothing from now on, as a process that hangs. */
  isDeaf: boolean;
}

export interface TestGateways {
  readonly test: Awaited<ReturnType<typeof openSharedTestStore>>;
  readonly all: readonly TestGateway[];
  /** What the bus makes of a subject on its way: how many milliseconds late each copy of it comes. */
  deliver(subject: string): readonly number[];
  remove(): Promise<void>;
}

function hear({ house: { context }, counters }: TestGateway, subject: string): void {
  if (subject.startsWith('dlg_')) context.tasks.giveBack(subject);
  else if (subject.startsWith('lim_')) counters.give(subject);
  else context.tasks.handOver(subject);
}

/** Houses that share a real database, each with a seat of its own and a clock of its own, an hour apart from the next. */
export async function openTestGateways(count: number): Promise<TestGateways> {
  const test = await openSharedTestStore();
  const all: TestGateway[] = [];
  const gateways = {
    ...{ test, all },
    deliver: (_subject: string): readonly number[] => [0],
    async remove() {
      for (const { store } of all.slice(1)) await store.close().catch(() => {});
      await test.remove();
    },
  };
  for (let number = 0; number < count; number += 1) {
    const store = number === 0 ? test.store : await test.openAnother({ isShared: true });
    const asks = createAsks();
    const start = Date.UTC(2026, 5, 1) + (number % 2) * 600_000;
    const house = await createTestHouse(store, start, {
      firstId: number * 1_000_000,
      sharing: (context) => ({
        store,
        ask: asks.ask,
        settle: (seat) => settleSeat(context, seat),
      }),
    });
    await registerSeat(house.context);
    const counters = createSlicedCounters({ store, now: house.now, ask: asks.ask });
    const gateway: TestGateway = { store, house, counters, isDeaf: false };
    asks.connect((subject) => {
      if (gateway.isDeaf) return;
      for (const late of gateways.deliver(subject))
        setTimeout(() => {
          for (const other of all) if (other !== gateway && !other.isDeaf) hear(other, subject);
        }, late);
    });
    all.push(gateway);
  }
  return gateways;
}
