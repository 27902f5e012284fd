import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../plugins/database/database.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import type { CounterName } from './counter-name.ts';
import { forgetCounters } from './forget-counters.ts';
import { createLimitCounters } from './limit-counters.ts';

let test: TestStore;
let records = 0;
beforeAll(async () => {
  test = await openTestStore();
});
afterEach(() => test.store.sql.deleteFrom('limit_counters').execute());
afterAll(() => test.remove());

const hour = 3_600_000;
const name = (change: Partial<CounterName> = {}): CounterName => ({
  policyId: 'p:calls',
  per: 'agent',
  subject: 'agt_a',
  unit: 'calls',
  windowSeconds: 3600,
  ...change,
});
const append = (effects: Parameters<Store['append']>[1]) =>
  test.store.append([makeTestRecord(records++)], effects);

describe('counters of limits', () => {
  it('are one for all who hold them, and wait for nothing once they are in memory', async () => {
    const counters = createLimitCounters(test.store);
    const [one, other] = await Promise.all([counters.hold([name()]), counters.hold([name(), name()])]);
    expect(other.counters[0]).toBe(one.counters[0]);
    expect(other.counters[1]).toBe(one.counters[0]);
    const held = counters.hold([name()]);
    expect(held).not.toBeInstanceOf(Promise);
    expect((await held).counters[0]).toBe(one.counters[0]);
    expect(one.counters[0]?.holders).toBe(4);
    one.release();
    one.release();
    other.release();
    expect(one.counters[0]?.holders).toBe(1);
  });

  it('begin with what was durably counted in the window', async () => {
    const [counter] = (await createLimitCounters(test.store).hold([name()])).counters;
    const effects = [counter?.add(2, 5 * hour), counter?.add(3, 5 * hour + 1)].filter(
      (one) => one !== undefined,
    );
    await append(effects);
    const [again] = (await createLimitCounters(test.store).hold([name()])).counters;
    expect(again?.usedAt(5 * hour + 2)).toBe(5);
    expect(again?.resetsAt).toBe(6 * hour);
    expect(again?.usedAt(6 * hour)).toBe(0);
  });

  it('never open a window again when the clock is set back, in memory or after a restart', async () => {
    const [counter] = (await createLimitCounters(test.store).hold([name()])).counters;
    const late = counter?.add(7, 9 * hour);
    expect(counter?.usedAt(2 * hour)).toBe(7);
    const back = counter?.add(1, 2 * hour);
    expect(back?.startsAt).toBe(9 * hour);
    await append([late, back].filter((one) => one !== undefined));
    const [again] = (await createLimitCounters(test.store).hold([name()])).counters;
    expect(again?.usedAt(2 * hour)).toBe(8);
  });

  it('change nothing that belongs to a window that is over', async () => {
    const [counter] = (await createLimitCounters(test.store).hold([name({ unit: 'rows' })])).counters;
    const taken = counter?.add(100, hour);
    counter?.add(5, 2 * hour);
    if (taken !== undefined) await append([counter?.adjust(taken, -90) ?? taken]);
    expect(counter?.usedAt(2 * hour)).toBe(5);
  });

  it('of a whole life have one window', async () => {
    const [counter] = (await createLimitCounters(test.store).hold([name({ windowSeconds: 0 })])).counters;
    counter?.add(4, hour);
    expect(counter?.usedAt(1_000_000 * hour)).toBe(4);
    expect(counter?.resetsAt).toBeNull();
  });

  it('stay in memory while they are held, and are bounded', async () => {
    const counters = createLimitCounters(test.store, 2);
    const subjects = Array.from({ length: 150 }, (_, n) => name({ subject: `agt_${n}` }));
    const held = await counters.hold(subjects);
    expect(new Set(held.counters).size).toBe(150);
    const again = await counters.hold(subjects);
    expect(again.counters).toEqual(held.counters);
    held.release();
    again.release();
    for (let n = 0; n < 400; n += 1) (await counters.hold([name({ subject: `x${n % 4}` })])).release();
    expect(counters.size).toBeLessThan(10);
  });

  it('keep apart what hostile subjects spell alike', async () => {
    const odd = [
      name({ per: 'tool', subject: 'u/a b' }),
      name({ per: 'tool', subject: 'u/a  b' }),
      name({ per: 'tool', subject: "u/a'; drop table limit_counters; --" }),
      name({ per: 'tool', subject: 'u/__proto__' }),
      name({ per: 'tool', subject: 'u/\0' }),
      name({ per: 'tool', subject: 'u/a\ud800' }),
      name({ per: 'tool', subject: 'u/' }),
    ];
    const held = await createLimitCounters(test.store).hold(odd);
    await append(held.counters.map((counter, index) => counter.add(index + 1, hour)));
    const again = await createLimitCounters(test.store).hold(odd);
    expect(again.counters.map((counter) => counter.usedAt(hour))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('are forgotten a week after their window has ended, and not before', async () => {
    const week = 7 * 24 * hour;
    const now = 100 * week;
    const row = (subject: string, startsAt: number, change: Partial<CounterName> = {}) => {
      const { policyId, per, windowSeconds, unit } = name(change);
      const columns = { policy_id: policyId, per, subject, unit, window_seconds: windowSeconds };
      return { ...columns, starts_at: startsAt, used: 1 };
    };
    await test.store.sql
      .insertInto('limit_counters')
      .values([
        row('old', now - week - 2 * hour),
        row('young', now - week),
        row('for-life', 0, { windowSeconds: 0 }),
        row('tsk_unknown', 0, { per: 'task', windowSeconds: 0 }),
      ])
      .execute();
    const platform = { now: () => now, newId: () => '', randomBytes: () => new Uint8Array() } as never;
    expect(await forgetCounters({ store: test.store, platform })).toBe(now + hour);
    const left = await test.store.sql
      .selectFrom('limit_counters')
      .select('subject')
      .orderBy('subject')
      .execute();
    expect(left.map(({ subject }) => subject)).toEqual(['for-life', 'tsk_unknown', 'young']);
  });

  it('are not held when they cannot be read, and are read anew', async () => {
    let fails = true;
    const counters = createLimitCounters({
      get sql() {
        if (fails) throw new Error('no disk');
        return test.store.sql;
      },
    });
    await expect(counters.hold([name()])).rejects.toThrow('no disk');
    fails = false;
    const held = await counters.hold([name()]);
    expect(held.counters[0]?.holders).toBe(1);
  });
});
