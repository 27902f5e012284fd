import type { LedgerRecord } from '@countersign/api';
import type { Logger } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import type { LedgerSink, SinkBatch, SinkOutcome } from '../../plugins/ledger-sink/ledger-sink.ts';
import { feedSinks } from './feed-sinks.ts';
import { listRefusals } from './list-refusals.ts';
import { listSinks } from './list-sinks.ts';
import { resendRefused } from './resend-refused.ts';
import { rewindSink } from './rewind-sink.ts';
import { createSinkState, type FedSink } from './sink-state.ts';
import { testSink } from './test-sink.ts';

const operator: Actor = { kind: 'operator' };
const everything: FedSink['settings'] = {
  records: { classes: ['content', 'decision', 'identity', 'operation'], drills: true },
  ...{ content: true, start: 'beginning' },
};

let test: TestStore;
let now: number;
let got: { readonly id: string; readonly kind: string; readonly body?: unknown; readonly erased: boolean }[];
let batches: SinkBatch[];
let answer: (batch: SinkBatch) => SinkOutcome | Promise<SinkOutcome>;

beforeEach(async () => {
  test = await openTestStore();
  now = 1_800_000_000_000;
  got = [];
  batches = [];
  answer = () => ({ outcome: 'delivered' });
});
afterEach(() => test.remove());

/** A server on the store as it is now: one after the other are restarts. */
function open(settings: Partial<FedSink['settings']> = {}, over: Partial<LedgerSink['batches']> = {}) {
  const deliver = async (batch: SinkBatch): Promise<SinkOutcome> => {
    batches.push(batch);
    const outcome = await answer(batch);
    if (outcome.outcome === 'delivered') got.push(...batch.records);
    return outcome;
  };
  const sink: LedgerSink = {
    ...{ name: 'siem', kind: 'ocsf', deliver, test: deliver, close: async () => {} },
    batches: { records: 8, isWhole: false, waitMilliseconds: 0, ...over },
  };
  const context = {
    ...{ store: test.store, platform: createPlatform(() => now) },
    log: { warn: () => {}, error: () => {} } as unknown as Logger,
    sinks: createSinkState([{ sink, settings: { ...everything, ...settings } }]),
  } as unknown as Context;
  return { context, feed: () => feed(context) };
}

async function feed(context: Context): Promise<void> {
  await feedSinks(context);
  await context.sinks.fed.get('siem')?.underWay;
}

/** Its key is destroyed. */
function erase(seq: number): Promise<void> {
  return test.store.destroyKeys([{ retentionClass: 'content', from: seq, to: seq + 1 }], seq + 1);
}

const append = (first: number, count: number, over: Partial<LedgerRecord> = {}) =>
  test.store.append(Array.from({ length: count }, (_, index) => makeTestRecord(first + index, over)));
const idOf = (number: number) => makeTestRecord(number).id;
const ids = () => got.map(({ id }) => id);
const standing = async (context: Context) => (await listSinks(context, operator))[0];

describe('a sink', () => {
  it('gets every record, in order, once, in batches that are bounded', async () => {
    const { feed: run, context } = open();
    await append(0, 30);
    await run();
    await append(30, 3);
    await run();
    await run();
    expect(ids()).toEqual(Array.from({ length: 33 }, (_, number) => idOf(number)));
    expect(batches.every(({ records }) => records.length <= 8)).toBe(true);
    expect(await standing(context)).toMatchObject({ next: 33, behind: 0, delivered: 33, lastError: null });
  });

  it('gets no batch larger than a megabyte, unless it is one record', async () => {
    await append(0, 9, { body: { text: 'x'.repeat(300_000) } });
    await open().feed();
    expect(ids()).toHaveLength(9);
    expect(Math.max(...batches.map(({ records }) => records.length))).toBe(3);
  });

  it('begins at the end where it is set so, and goes on there after a restart', async () => {
    await append(0, 5);
    await open({ start: 'now' }).feed();
    await append(5, 2);
    await open({ start: 'now' }).feed();
    expect(ids()).toEqual([idOf(5), idOf(6)]);
  });

  it('gets what its settings choose, and passes over the rest', async () => {
    await append(0, 3);
    await append(3, 2, { kind: 'action.decision', upstream: 'mail', body: { effect: 'allow' } });
    await append(5, 1, { kind: 'action.decision', drill: 'drl_1', body: { effect: 'deny' } });
    await append(6, 1, { kind: 'approval.granted' });
    const records = { classes: ['decision' as const], kinds: ['action.*'], drills: false };
    const { context, feed: run } = open({ records });
    await run();
    expect(ids()).toEqual([idOf(3), idOf(4)]);
    expect(await standing(context)).toMatchObject({ behind: 0 });
  });

  it('gets what happened and not what was said, unless that was set', async () => {
    const body = {
      arguments: { iban: 'DE00' },
      effect: 'deny',
      reasons: [{ text: 'x' }],
      why: 'y'.repeat(300),
    };
    await append(0, 1, { kind: 'action.decision', body });
    await open({ content: false }).feed();
    expect(got[0]).toMatchObject({ withheld: true, body: { effect: 'deny' } });
    expect(JSON.stringify(got)).not.toMatch(/DE00|guessed/);
    await rewindSink(open().context, operator, { name: 'siem', from: 0 });
    await open().feed();
    expect(got[1]).toMatchObject({ withheld: false, body });
  });

  it('gets an erased record as one, also where its settings know it only by its kind', async () => {
    await append(0, 2);
    await erase(1);
    await open({ records: { classes: ['content'], upstreams: ['payments'], drills: true } }).feed();
    expect(got.map(({ erased }) => erased)).toEqual([false, true]);
    expect(got[1]).not.toHaveProperty('body');
  });
});

describe('a sink that is down', () => {
  it('is tried ever less often, loses nothing and holds up nothing', async () => {
    answer = () => ({ outcome: 'failed', why: 'it cannot be reached' });
    await append(0, 20);
    const { context, feed: run } = open();
    for (let seconds = 0; seconds < 3_600; seconds += 1) {
      await run();
      now += 1_000;
    }
    expect(batches.length).toBeGreaterThan(12);
    expect(batches.length).toBeLessThan(30);
    expect(await standing(context)).toMatchObject({
      ...{ next: 0, behind: 20, lastError: 'it cannot be reached', failingSince: 1_800_000_000_000 },
      behindSeconds: 10_003_600,
    });
    answer = () => ({ outcome: 'delivered' });
    now += 400_000;
    await run();
    expect(ids()).toHaveLength(20);
    expect(await standing(context)).toMatchObject({
      behind: 0,
      failingSince: null,
      lastError: null,
      attempts: 0,
    });
  }, 60_000);

  it('is not tried before it wants to be, and a clock that went back does not keep it waiting', async () => {
    answer = () => ({ outcome: 'failed', why: 'the answer was 429', retryAfterMilliseconds: 3_600_000 });
    await append(0, 1);
    const { feed: run } = open();
    await run();
    now += 3_599_000;
    await run();
    expect(batches).toHaveLength(1);
    now += 2_000;
    await run();
    expect(batches).toHaveLength(2);
    now -= 30 * 86_400_000;
    await run();
    expect(batches).toHaveLength(3);
  });

  it('hears of a batch that was tried before that it may be there', async () => {
    await append(0, 2);
    answer = () => ({ outcome: 'failed', why: 'x' });
    const { context, feed: run } = open();
    await run();
    answer = () => ({ outcome: 'delivered' });
    now += 10_000;
    await run();
    await append(2, 1);
    await run();
    await append(3, 1);
    await context.sinks.close();
    await open().feed();
    expect(batches.map(({ isRepeat }) => isRepeat)).toEqual([true, true, false, true]);
  });

  it('that hangs is left when the server stops, and gets the same again', async () => {
    await append(0, 2);
    answer = ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ outcome: 'failed', why: 'x' })),
      );
    const { context } = open();
    await feedSinks(context);
    await expect.poll(() => batches.length).toBe(1);
    await context.sinks.close();
    answer = () => ({ outcome: 'delivered' });
    const next = open();
    await next.feed();
    expect(ids()).toEqual([idOf(0), idOf(1)]);
    expect(await standing(next.context)).toMatchObject({ attempts: 0, lastError: null });
  });

  it('that throws is as one that fails', async () => {
    await append(0, 1);
    answer = () => Promise.reject(new Error('a secret'));
    const { context, feed: run } = open();
    await run();
    expect(await standing(context)).toMatchObject({ lastError: 'it failed here' });
  });
});

describe('a record that a sink refuses', () => {
  const refuse =
    (...numbers: readonly number[]) =>
    ({ records }: SinkBatch): SinkOutcome =>
      records.some(({ id }) => numbers.some((number) => id === idOf(number)))
        ? { outcome: 'refused', why: 'the answer was 400' }
        : { outcome: 'delivered' };

  async function runFor(run: () => Promise<void>, seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 1) {
      await run();
      now += 1_000;
    }
  }

  it('is found, set aside after a few tries, recorded, and can be sent again; all others go on', async () => {
    await append(0, 40);
    answer = refuse(13, 29);
    const { context, feed: run } = open();
    await runFor(run, 60);
    const expected = Array.from({ length: 40 }, (_, number) => idOf(number));
    const records = got.filter(({ kind }) => kind === 'ledger.sink_refused');
    expect(ids().slice(0, 38)).toEqual(expected.filter((id) => id !== idOf(13) && id !== idOf(29)));
    expect(records.map(({ body }) => body)).toMatchObject([
      { sink: 'siem', seq: 13, why: 'the answer was 400' },
      { sink: 'siem', seq: 29 },
    ]);
    expect(await standing(context)).toMatchObject({ setAside: 2, behind: 0 });
    const { items, next } = await listRefusals(context, operator, { name: 'siem', limit: 1 });
    expect([items[0], next]).toMatchObject([{ seq: 13, record: idOf(13), resend: false }, '29']);
    answer = refuse(29);
    expect(await resendRefused(context, operator, 'siem')).toBe(2);
    await runFor(run, 10);
    expect(ids().filter((id) => id === idOf(13))).toHaveLength(1);
    expect(await standing(context)).toMatchObject({ setAside: 1 });
    answer = () => ({ outcome: 'delivered' });
    await resendRefused(context, operator, 'siem');
    await runFor(run, 10);
    expect(await standing(context)).toMatchObject({ setAside: 0 });
    expect(new Set(ids()).size).toBe(ids().length);
    expect(await resendRefused(context, operator, 'siem')).toBe(0);
  });

  it('is set aside once, though the sink refuses to hear of that as well', async () => {
    await append(0, 1);
    answer = () => ({ outcome: 'refused', why: 'the answer was 400' });
    await runFor(open().feed, 60);
    const { sql } = test.store;
    const rows = await sql.selectFrom('ledger_entries').select('kind').execute();
    expect(rows.filter(({ kind }) => kind === 'ledger.sink_refused')).toHaveLength(1);
  });

  it('is not at fault where all are refused: then the sink waits, and nothing more is set aside', async () => {
    await append(0, 200);
    answer = () => ({ outcome: 'refused', why: 'the answer was 400' });
    const { context, feed: run } = open();
    await runFor(run, 1_000);
    expect(await standing(context)).toMatchObject({
      ...{ setAside: 20, lastError: 'it refuses everything: the answer was 400' },
    });
    answer = () => ({ outcome: 'delivered' });
    now += 400_000;
    await resendRefused(context, operator, 'siem');
    await runFor(run, 5);
    expect(new Set(ids()).size).toBe(ids().length);
    expect(
      Array.from({ length: 200 }, (_, number) => idOf(number)).filter((id) => !ids().includes(id)),
    ).toEqual([]);
  }, 60_000);

  it('that was erased meanwhile is sent as erased', async () => {
    await append(0, 1);
    answer = refuse(0);
    const { context, feed: run } = open();
    await runFor(run, 30);
    await erase(0);
    answer = () => ({ outcome: 'delivered' });
    await resendRefused(context, operator, 'siem');
    await runFor(run, 5);
    expect(got.find(({ id }) => id === idOf(0))).toMatchObject({ erased: true });
  });
});

describe('whole batches', () => {
  it('wait to be full, or for so long, also when a clock went back', async () => {
    const { feed: run } = open({}, { isWhole: true, waitMilliseconds: 60_000 });
    await append(0, 11);
    await run();
    expect(batches.map(({ from, to }) => [from, to])).toEqual([[0, 8]]);
    now -= 1_000_000;
    await run();
    now += 59_000;
    await run();
    expect(batches).toHaveLength(1);
    now += 1_000;
    await run();
    expect(batches.map(({ from, to }) => [from, to])).toEqual([
      [0, 8],
      [8, 11],
    ]);
    await append(11, 6);
    await run();
    expect(batches.at(-1)).toMatchObject({ from: 11, to: 16 });
  });
});

describe('sending again', () => {
  it('goes back and never forwards, is recorded, and is for those who may', async () => {
    await append(0, 10);
    const { context, feed: run } = open();
    await run();
    await rewindSink(context, operator, { name: 'siem', from: 7 });
    await run();
    expect(ids().slice(10)).toEqual([idOf(7), idOf(8), idOf(9), expect.any(String)]);
    expect(got.at(-1)).toMatchObject({
      kind: 'ledger.sink_rewound',
      body: { by: 'operator', from: 7, to: 10 },
    });
    expect(batches.at(-1)?.isRepeat).toBe(false);
    const code = (wanted: string) => expect.objectContaining({ code: wanted });
    await expect(rewindSink(context, operator, { name: 'siem', from: 12 })).rejects.toEqual(
      code('server.request_invalid'),
    );
    await expect(rewindSink(context, operator, { name: 'none', from: 0 })).rejects.toEqual(
      code('ledger.sink_not_found'),
    );
    const agent: Actor = { kind: 'agent', agent: 'agt_a', key: 'k' };
    for (const refused of [
      () => rewindSink(context, agent, { name: 'siem', from: 0 }),
      () => resendRefused(context, agent, 'siem'),
      () => testSink(context, agent, 'siem'),
      () => listSinks(context, agent),
      () => listRefusals(context, agent, { name: 'siem' }),
    ])
      await expect(refused()).rejects.toEqual(code('person.forbidden'));
  });

  it('tries a sink at once, and says what came of it in words of ours', async () => {
    const { context } = open();
    await testSink(context, operator, 'siem');
    expect(got[0]).toMatchObject({ kind: 'ledger.sink_tested', body: { by: 'operator', sink: 'siem' } });
    answer = () => ({ outcome: 'failed', why: 'the answer was 401' });
    await expect(testSink(context, operator, 'siem')).rejects.toMatchObject({
      ...{ code: 'ledger.sink_failed', detail: 'the answer was 401' },
    });
  });
});
