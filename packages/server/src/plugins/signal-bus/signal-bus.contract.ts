import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type BusListener,
  type BusMessage,
  mostMessageBytes,
  type OpenBus,
  type SignalBus,
} from './signal-bus.ts';

export interface BusSubject {
  readonly open: OpenBus;
  /** Absent where there is nothing between the gateways that could go. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  close(): Promise<void>;
}

export interface TestListener extends BusListener {
  readonly texts: readonly string[];
  /** `joined` and `left`, in order. */
  readonly places: readonly string[];
}

export function createTestListener(): TestListener {
  const [texts, places]: [string[], string[]] = [[], []];
  return {
    texts,
    places,
    heard: (bytes) => texts.push(Buffer.from(bytes).toString()),
    joined: () => places.push('joined'),
    left: () => places.push('left'),
  };
}

export function makeBusMessage(
  publisher: string,
  sequence: number,
  text = `${publisher}-${sequence}`,
): BusMessage {
  return { publisher, sequence, bytes: Buffer.from(text) };
}

const patienceMilliseconds = 15_000;

export async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    if (waited > patienceMilliseconds) throw new Error('it did not happen');
    await sleep(10);
  }
}

/** What every bus must do. */
export function testSignalBus(openSubject: () => Promise<BusSubject>): void {
  let subject: BusSubject;
  const open: SignalBus[] = [];
  const join = async () => {
    const listener = createTestListener();
    const bus = subject.open(listener);
    open.push(bus);
    await until(() => listener.places.includes('joined'));
    return { bus, listener };
  };
  beforeEach(async () => {
    subject = await openSubject();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
    await subject.close();
  });

  it('tells everybody, the publisher too, in the order of each publisher', async () => {
    const [a, b, c] = [await join(), await join(), await join()];
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
    const publish = async (bus: SignalBus, name: string) => {
      for (const sequence of numbers) await bus.publish(makeBusMessage(name, sequence));
    };
    await Promise.all([publish(a.bus, 'a'), publish(b.bus, 'b')]);
    for (const { listener } of [a, b, c]) {
      await until(() => listener.texts.length >= 100);
      for (const name of ['a', 'b'])
        expect(listener.texts.filter((text) => text.startsWith(name))).toEqual(
          numbers.map((sequence) => `${name}-${sequence}`),
        );
    }
  });

  it('carries any bytes up to the limit, and none above it', async () => {
    const [a, b] = [await join(), await join()];
    await a.bus.publish({ ...makeBusMessage('a', 1), bytes: new Uint8Array(mostMessageBytes).fill(65) });
    await until(() => b.listener.texts.length === 1);
    expect(b.listener.texts[0]).toBe('A'.repeat(mostMessageBytes));
    const tooLarge = { ...makeBusMessage('a', 2), bytes: new Uint8Array(mostMessageBytes + 1) };
    await expect(a.bus.publish(tooLarge)).rejects.toThrow(RangeError);
  });

  it('says nothing of what was published before somebody joined', async () => {
    const a = await join();
    await a.bus.publish(makeBusMessage('a', 1));
    await until(() => a.listener.texts.length === 1);
    const b = await join();
    await a.bus.publish(makeBusMessage('a', 2));
    await until(() => b.listener.texts.length > 0);
    expect(b.listener.texts).toEqual(['a-2']);
  });

  it('says nothing after it was closed, and takes nothing', async () => {
    const [a, b] = [await join(), await join()];
    await b.bus.close();
    await b.bus.close();
    await a.bus.publish(makeBusMessage('a', 1));
    await until(() => a.listener.texts.length === 1);
    await expect(b.bus.publish(makeBusMessage('b', 1))).rejects.toMatchObject({
      code: 'signal.bus_unavailable',
    });
    expect(b.listener.texts).toEqual([]);
    expect(b.listener.places.at(-1)).toBe('joined');
  });

  it('says when it has lost its place, refuses meanwhile, and joins again by itself', async () => {
    const { outage } = subject;
    if (outage === undefined) return;
    const [a, b] = [await join(), await join()];
    await a.bus.publish(makeBusMessage('a', 1));
    await outage.begin();
    await until(() => b.listener.places.includes('left') && a.listener.places.includes('left'));
    await expect(a.bus.publish(makeBusMessage('a', 2))).rejects.toMatchObject({
      code: 'signal.bus_unavailable',
    });
    await outage.end();
    await until(() => a.listener.places.length === 3 && b.listener.places.length === 3);
    expect(b.listener.places).toEqual(['joined', 'left', 'joined']);
    await a.bus.publish(makeBusMessage('a', 2));
    await until(() => b.listener.texts.includes('a-2'));
  }, 30_000);

  it('never tells twice, within a minute, what was given twice', async () => {
    const [a, b] = [await join(), await join()];
    if (a.bus.kind === 'in-process') return;
    await a.bus.publish(makeBusMessage('a', 1));
    await a.bus.publish(makeBusMessage('a', 1));
    await a.bus.publish(makeBusMessage('a', 2));
    await until(() => b.listener.texts.includes('a-2'));
    expect(b.listener.texts).toEqual(['a-1', 'a-2']);
  });
}
