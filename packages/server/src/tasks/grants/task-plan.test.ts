import { AppError } from '@countersign/api';
import { type GrantEntry, MOST_GRANT_ENTRIES, type TaskGrant } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { loadPlan, savePlan } from './keep-plan.ts';
import type { StoredPlan } from './stored-plan.ts';
import { type PlannedUse, TaskPlan } from './task-plan.ts';

function makeEntry(id: string, more: Partial<GrantEntry> = {}): GrantEntry {
  const to = { pointer: '/to', role: 'destination', values: ['ben'], origins: [], refused: [] } as const;
  const tool = 'mail/send';
  return { id, tool, arguments: [to], asks: false, source: 'approval', because: '', uses: null, ...more };
}

function makePlan(entries: readonly GrantEntry[], more: Partial<StoredPlan> = {}): StoredPlan {
  const grant: TaskGrant = { entries, reading: 'plan', expiresAt: null };
  return {
    ...{ prompt: null, grant, bounds: new Map(), tools: new Map(), confirmedBy: null, version: 1 },
    ...more,
  };
}

function hold(plan: StoredPlan, facts: { fact: string; name: string; times: number }[] = []): TaskPlan {
  const held = new TaskPlan('tsk_1', facts);
  held.put(plan);
  return held;
}

const use = (value = 'ben', more: Partial<PlannedUse> = {}): PlannedUse => ({
  task: 'tsk_1',
  tool: { tool: 'mail/send', definition: { name: 'send' }, roles: [{ pointer: '/to', role: 'destination' }] },
  digest: 'd1',
  traces: [
    { pointer: '/to', role: 'destination', value, origins: new Set(['untrusted']), worst: 'untrusted' },
  ],
  now: 1_000,
  ...more,
});

describe('the plan of a line of tasks', () => {
  it('is none without a prompt, and never goes back to an older version', () => {
    expect(new TaskPlan('tsk_1').match(use()).state).toBe('none');
    const held = hold(makePlan([], { version: 3 }));
    held.put(makePlan([makeEntry('g1')], { version: 2 }));
    expect(held.match(use()).state).toBe('outside');
  });

  it('counts an entry in its own task and until it ends', () => {
    const bounds = new Map([['v2.1', { task: 'tsk_1', expiresAt: 2_000 }]]);
    const held = hold(makePlan([makeEntry('v2.1')], { bounds }));
    expect(held.match(use()).state).toBe('covered');
    expect(held.match(use('ben', { task: 'tsk_2' })).state).toBe('outside');
    expect(held.match(use('ben', { now: 2_000 })).state).toBe('outside');
    expect(held.match(use('ben', { now: Number.NaN })).state).not.toBe('covered');
  });

  it('lets an entry be used as often as was signed, whoever comes at the same moment', () => {
    const held = hold(makePlan([makeEntry('v2.1', { uses: 2 })]), [
      { fact: 'grant_use', name: 'v2.1', times: 1 },
    ]);
    const taken = held.use('v2.1');
    expect(taken.effects).toEqual([{ kind: 'fact', task: 'tsk_1', fact: 'grant_use', name: 'v2.1' }]);
    expect(() => held.use('v2.1')).toThrow(new AppError('task.plan_changed'));
    expect(held.match(use()).state).not.toBe('covered');
    taken.settle(false);
    expect(held.match(use()).state).toBe('covered');
    expect(() => held.use('gone')).toThrow(new AppError('task.plan_changed'));
    expect(() => held.use('__proto__')).toThrow(new AppError('task.plan_changed'));
  });

  it('reads the same prompt for a tool that came later, and again for one that changed', () => {
    const held = hold(makePlan([], { prompt: 'Send a mail to ben@example.com' }));
    held.match(use());
    const first = held.stored?.grant.entries.map(({ id }) => id) ?? [];
    expect(held.stored?.tools.get('mail/send')).toBe('d1');
    held.match(use('ben', { digest: 'd2' }));
    const ids = held.stored?.grant.entries.map(({ id }) => id) ?? [];
    expect(ids).toHaveLength(first.length);
    expect(ids.some((id) => first.includes(id))).toBe(false);
  });

  it('says before anybody is asked that it has no room', () => {
    const entries = Array.from({ length: MOST_GRANT_ENTRIES - 1 }, (_, at) => makeEntry(`v2.${at}`));
    const held = hold(makePlan(entries));
    expect(held.hasRoomFor([makeEntry('1')])).toBe(true);
    expect(held.hasRoomFor([makeEntry('1'), makeEntry('2')])).toBe(false);
    expect(hold(makePlan([])).hasRoomFor([makeEntry('1', { because: 'x'.repeat(262_144) })])).toBe(false);
  });

  it('holds a call against a thousand entries in well under a millisecond', () => {
    const entries = Array.from({ length: MOST_GRANT_ENTRIES }, (_, at) =>
      makeEntry(`v2.${at}`, { tool: `mail/tool_${at}`, uses: 1 }),
    );
    const held = hold(makePlan([...entries.slice(1), makeEntry('last')]));
    const rounds = 500;
    const started = performance.now();
    for (let round = 0; round < rounds; round += 1) expect(held.match(use()).entry?.id).toBe('last');
    // A shared machine may take a while; the bound is for what grows with more than the entries.
    expect((performance.now() - started) / rounds).toBeLessThan(5);
  });
});

describe('a stored plan', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await openTestStore();
  });
  afterAll(() => test.remove());
  const save = (plan: StoredPlan, line: string) =>
    test.store.transaction((tx) => savePlan(tx, line, plan, 1_000));

  it('comes back whole', async () => {
    const plan = makePlan([makeEntry('v1.1', { uses: 3 })], {
      prompt: 'Send “it”\nto ben',
      bounds: new Map([['v1.1', { task: 'tsk_a', expiresAt: 5 }]]),
      tools: new Map([['__proto__/send', 'd']]),
      confirmedBy: 'per_1',
    });
    await save(plan, 'tsk_a');
    expect(await loadPlan(test.store.sql, 'tsk_a')).toEqual(plan);
    expect(await loadPlan(test.store.sql, 'tsk_b')).toBeNull();
  });

  it('is changed from the version before it alone, and bounded', async () => {
    await save(makePlan([]), 'tsk_c');
    await save(makePlan([makeEntry('v2.1')], { version: 2 }), 'tsk_c');
    const stale = save(makePlan([], { version: 2 }), 'tsk_c');
    await expect(stale).rejects.toMatchObject({ code: 'task.plan_changed' });
    const values = Array.from({ length: 300 }, (_, at) => `${at}`.padEnd(1_000, 'x'));
    const [argument] = makeEntry('').arguments;
    const large = makeEntry('v3.1', { arguments: argument === undefined ? [] : [{ ...argument, values }] });
    const tooLarge = save(makePlan([large], { version: 3 }), 'tsk_c');
    await expect(tooLarge).rejects.toMatchObject({ code: 'task.plan_too_large' });
    expect((await loadPlan(test.store.sql, 'tsk_c'))?.version).toBe(2);
  });
});
