import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInProcessHub } from '../../plugins/signal-bus/in-process/create-in-process-hub.ts';
import { refusePublishing } from '../../plugins/signal-bus/refuse-publishing.ts';
import { type BusListener, mostMessageBytes } from '../../plugins/signal-bus/signal-bus.ts';
import type { Change } from './change.ts';
import { createSignalLink, type SignalLink } from './create-signal-link.ts';
import { sealMessage } from './sealed-message.ts';

const key = new Uint8Array(32).fill(7);
const stranger = 'S'.repeat(22);
const stops = { kind: 'stops' } as const;
const everything = { kind: 'everything' } as const;
const log = pino({ level: 'silent' });

let at: number;
let random: number;
let bus: Recorded;
const links: SignalLink[] = [];

/** A bus in hands that do with it what they like. */
interface Recorded {
  /** What was published, in order. */
  readonly sent: Uint8Array[];
  listeners: BusListener[];
  /** Given back to everybody at once. */
  delivers: boolean;
  isGone: boolean;
  give(bytes: Uint8Array): void;
}

interface Gateway {
  readonly link: SignalLink;
  /** What was looked up, in order. */
  readonly lookedUp: Change[];
  holds: number;
  isDatabaseGone: boolean;
  /** Whatever is of this kind takes until what it returns is called. */
  hang(kind: Change['kind']): () => void;
  /** Lets as much time pass, ticking as a server does. */
  live(milliseconds: number): Promise<void>;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const seal = (sequence: number, changes: readonly Change[] = [stops], publisher = stranger) =>
  sealMessage(key, { publisher, sequence, changes, isLast: false });

beforeEach(() => {
  at = 1_790_000_000_000;
  random = 0;
  bus = {
    ...{ sent: [], listeners: [], delivers: true, isGone: false },
    give(bytes) {
      for (const listener of bus.listeners) listener.heard(bytes);
    },
  };
});
afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()));
});

async function join(): Promise<Gateway> {
  const lookedUp: Change[] = [];
  let slow: { readonly kind: Change['kind']; readonly end: Promise<void> } | undefined;
  random += 1;
  const seed = random;
  const link = createSignalLink({
    open(listener) {
      queueMicrotask(() => {
        bus.listeners.push(listener);
        listener.joined();
      });
      return {
        kind: 'in-process',
        async publish({ bytes }) {
          if (bus.isGone) throw refusePublishing();
          bus.sent.push(bytes);
          if (bus.delivers) bus.give(bytes);
        },
        async close() {
          bus.listeners = bus.listeners.filter((one) => one !== listener);
        },
      };
    },
    ...{ key, log, deafAfterSeconds: 2 },
    platform: { now: () => at, randomBytes: (length) => new Uint8Array(length).fill(seed) },
    async refresh(changes) {
      if (gateway.isDatabaseGone) throw new Error('the database is gone');
      lookedUp.push(...changes);
      if (changes.some(({ kind }) => kind === slow?.kind)) await slow?.end;
    },
    hold() {
      gateway.holds += 1;
      return () => {
        gateway.holds -= 1;
      };
    },
  });
  const gateway: Gateway = {
    ...{ link, lookedUp, holds: 0, isDatabaseGone: false },
    hang(kind) {
      const { promise: end, resolve } = Promise.withResolvers<void>();
      slow = { kind, end };
      return resolve;
    },
    async live(milliseconds) {
      for (let passed = 0; passed < milliseconds; passed += 250) {
        at += 250;
        link.tick();
        await settle();
      }
    },
  };
  links.push(link);
  await settle();
  expect(lookedUp.splice(0)).toEqual([everything]);
  return gateway;
}

/** Two that have heard of one another. */
async function joinBoth(): Promise<readonly [Gateway, Gateway]> {
  const [a, b] = [await join(), await join()];
  await a.live(500);
  await b.live(500);
  for (const { lookedUp } of [a, b]) lookedUp.splice(0);
  return [a, b];
}

describe('signal.told-to-others', () => {
  it('reaches the others once, and not the one that said it', async () => {
    const [a, b] = await joinBoth();
    a.link.tell([stops, { kind: 'task', subject: 'tsk_1' }]);
    await settle();
    expect(b.lookedUp).toEqual([stops, { kind: 'task', subject: 'tsk_1' }]);
    expect(a.lookedUp).toEqual([]);
  });

  it('is harmless twice, and old: what was heard before is not looked up again', async () => {
    const a = await join();
    for (const sequence of [1, 1, 2, 1, 2]) bus.give(seal(sequence));
    await settle();
    expect(a.lookedUp).toEqual([stops, stops]);
    bus.give(seal(2));
    await settle();
    expect(a.lookedUp).toEqual([stops, stops]);
  });

  it('is looked up whole where a part of it is late or lost', async () => {
    const a = await join();
    bus.give(seal(1));
    await settle();
    bus.give(seal(4, []));
    await settle();
    expect(a.lookedUp).toEqual([stops, everything]);
    bus.give(seal(3));
    bus.give(seal(2));
    await settle();
    expect(a.lookedUp).toEqual([stops, everything]);
  });

  it('shows with the next sign of life that the last message before it was lost', async () => {
    const [a, b] = await joinBoth();
    bus.delivers = false;
    a.link.tell([stops]);
    await settle();
    expect(b.lookedUp).toEqual([]);
    bus.delivers = true;
    await a.live(500);
    expect(b.lookedUp).toEqual([everything]);
  });

  it('means nothing without the key, changed, too large or in words that nobody knows', async () => {
    const a = await join();
    const good = seal(1);
    for (const index of [0, 31, 32, good.length - 1]) {
      const changed = Uint8Array.from(good);
      changed[index] = (changed[index] ?? 0) ^ 1;
      bus.give(changed);
    }
    bus.give(
      sealMessage(new Uint8Array(32), { publisher: stranger, sequence: 1, changes: [stops], isLast: false }),
    );
    bus.give(new Uint8Array(0));
    bus.give(new Uint8Array(mostMessageBytes + 1));
    bus.give(Buffer.from('{"v":1}'));
    bus.give(seal(1, [{ kind: 'task' }]));
    bus.give(seal(1, [{ kind: 'stops', subject: 'x' }]));
    bus.give(seal(1, [{ kind: '__proto__' as 'stops' }]));
    bus.give(seal(1, [stops], 'short'));
    await settle();
    expect(a.lookedUp).toEqual([]);
  });

  it('of an earlier life costs a look at the database and nothing else', async () => {
    const a = await join();
    await a.live(1_000);
    const own = [...bus.sent];
    await a.link.close();
    links.splice(0);
    const again = await join();
    for (const bytes of own) bus.give(bytes);
    await settle();
    expect(again.lookedUp.every(({ kind }) => kind === 'everything')).toBe(true);
    bus.delivers = false;
    again.isDatabaseGone = true;
    for (let round = 0; round < 20; round += 1) {
      for (const bytes of own) bus.give(bytes);
      await again.live(250);
    }
    expect(again.link.isCurrent(2_000)).toBe(false);
  });

  it('floods nobody: what is too much is one look at the database', async () => {
    const a = await join();
    for (let sequence = 1; sequence <= 20_000; sequence += 1) bus.give(seal(sequence));
    await settle();
    expect(a.lookedUp.length).toBeLessThanOrEqual(5_010);
    expect(a.lookedUp).toContainEqual(everything);
    for (let number = 0; number < 20_000; number += 1)
      a.link.tell([{ kind: 'task', subject: `tsk_${number}` }]);
    await settle();
    expect(bus.sent.every((bytes) => bytes.length <= mostMessageBytes)).toBe(true);
  });

  it('waits while the bus is gone, and is said in order when it is back', async () => {
    const [a, b] = await joinBoth();
    bus.isGone = true;
    for (let number = 0; number < 100; number += 1) a.link.tell([{ kind: 'task', subject: `tsk_${number}` }]);
    await a.live(10_000);
    expect(b.lookedUp.filter(({ kind }) => kind === 'task')).toEqual([]);
    bus.isGone = false;
    await a.live(1_000);
    const told = b.lookedUp.filter(({ kind }) => kind === 'task').map(({ subject }) => subject);
    expect(told).toEqual(Array.from({ length: 100 }, (_, number) => `tsk_${number}`));
  });
});

describe('signal.urgent-first', () => {
  it('is looked up at once, however long something else takes', async () => {
    const [a, b] = await joinBoth();
    const end = b.hang('policies');
    a.link.tell([{ kind: 'policies' }]);
    await settle();
    a.link.tell([stops, { kind: 'policies' }]);
    a.link.tell([{ kind: 'task', subject: 'tsk_1' }]);
    await settle();
    expect(b.lookedUp).toEqual([{ kind: 'policies' }, stops, { kind: 'task', subject: 'tsk_1' }]);
    end();
    await settle();
    // The newest of what waited meanwhile is looked up once.
    expect(b.lookedUp.filter(({ kind }) => kind === 'policies')).toHaveLength(2);
  });

  it('makes everything be looked up where it could not be', async () => {
    const [a, b] = await joinBoth();
    b.isDatabaseGone = true;
    a.link.tell([stops]);
    await settle();
    b.isDatabaseGone = false;
    bus.delivers = false;
    await b.live(2_500);
    expect(b.lookedUp).toContainEqual(everything);
  });
});

describe('signal.deaf', () => {
  it('is current while its own messages come back, and asks the database now and then all the same', async () => {
    const a = await join();
    await a.live(9_000);
    expect([a.link.isCurrent(2_000), a.holds, a.lookedUp]).toEqual([true, 0, []]);
    await a.live(2_000);
    expect(a.lookedUp).toEqual([everything]);
  });

  it('asks the database each second while the bus is gone for ten, and refuses nothing', async () => {
    const a = await join();
    await a.live(1_000);
    bus.isGone = true;
    for (let second = 0; second < 10; second += 1) {
      await a.live(1_000);
      expect([a.link.isCurrent(2_000), a.holds]).toEqual([true, 0]);
    }
    expect(a.lookedUp.length).toBeGreaterThanOrEqual(8);
    expect(a.lookedUp.length).toBeLessThanOrEqual(11);
  });

  it('cuts nothing at the moment in which the bus goes', async () => {
    const a = await join();
    await a.live(5_000);
    bus.isGone = true;
    for (const listener of bus.listeners) listener.left();
    a.link.tick();
    expect([a.link.isCurrent(2_000), a.holds]).toEqual([true, 0]);
    await settle();
    expect(a.lookedUp).toEqual([everything]);
    await a.live(3_000);
    expect(a.holds).toBe(0);
  });

  it('refuses everything once neither answers, and goes on once one does', async () => {
    const a = await join();
    await a.live(1_000);
    bus.isGone = true;
    a.isDatabaseGone = true;
    await a.live(1_500);
    expect(a.holds).toBe(0);
    await a.live(1_500);
    expect([a.link.isCurrent(2_000), a.holds]).toEqual([false, 1]);
    a.isDatabaseGone = false;
    await a.live(1_500);
    expect([a.link.isCurrent(2_000), a.holds]).toEqual([true, 0]);
    a.isDatabaseGone = true;
    await a.live(4_000);
    expect(a.holds).toBe(1);
    bus.isGone = false;
    await a.live(1_500);
    // What could not be looked up is not known because the bus is back.
    expect(a.holds).toBe(1);
    a.isDatabaseGone = false;
    await a.live(1_500);
    expect(a.holds).toBe(0);
  });

  it('is deaf to what it heard and could not look up', async () => {
    const a = await join();
    await a.live(1_000);
    a.isDatabaseGone = true;
    bus.give(seal(1));
    await a.live(3_000);
    expect([a.link.isCurrent(2_000), a.holds]).toEqual([false, 1]);
  });

  it('asks the database while another that has not left is silent, and no longer after a farewell', async () => {
    const [a, b] = [await join(), await join()];
    await b.live(500);
    await a.live(500);
    a.lookedUp.splice(0);
    await a.live(4_000);
    expect(a.lookedUp.length).toBeGreaterThan(2);
    await b.link.close();
    await settle();
    a.lookedUp.splice(0);
    await a.live(3_000);
    expect(a.lookedUp).toEqual([]);
  });

  it('is not kept current by messages that were held back, nor by a clock that was set back', async () => {
    const a = await join();
    bus.delivers = false;
    await a.live(8_000);
    a.isDatabaseGone = true;
    await a.live(3_000);
    for (const bytes of bus.sent.slice(0, -6)) bus.give(bytes);
    expect(a.link.isCurrent(2_000)).toBe(false);
    a.isDatabaseGone = false;
    await a.live(1_500);
    expect(a.link.isCurrent(2_000)).toBe(true);
    at -= 3_600_000;
    expect(a.link.isCurrent(2_000)).toBe(false);
    await a.live(1_500);
    expect(a.link.isCurrent(2_000)).toBe(true);
  });

  it('works on the bus of one process, too', async () => {
    const hub = createInProcessHub();
    const told: Change[] = [];
    const open = (refresh: (changes: readonly Change[]) => Promise<void>, seed: number) =>
      createSignalLink({
        ...{ open: hub.open, key, log, deafAfterSeconds: 2, refresh, hold: () => () => {} },
        platform: { now: () => at, randomBytes: (length) => new Uint8Array(length).fill(seed) },
      });
    const a = open(async () => {}, 1);
    const b = open(async (changes) => void told.push(...changes), 2);
    links.push(a, b);
    await settle();
    a.tell([stops]);
    await settle();
    a.tell([{ kind: 'policies' }]);
    await settle();
    expect(told).toContainEqual({ kind: 'policies' });
  });
});
