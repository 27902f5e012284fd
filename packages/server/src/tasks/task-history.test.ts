import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTaskLeases } from './create-task-leases.ts';
import { createTestHouse, type TestAgent, type TestHouse } from './create-test-house.ts';
import { openChildTask, openTask, TaskHistory } from './index.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const tool = (name: string) => ({ kind: 'tool', name }) as const;

describe('TaskHistory', () => {
  it('is written once for each fact, however many decisions wait for that', () => {
    const history = new TaskHistory('tsk_a');
    const first = history.note([tool('a'), tool('b')]);
    const second = history.note([tool('a')]);
    expect(first.effects).toEqual([
      { kind: 'fact', task: 'tsk_a', fact: 'tool', name: 'a' },
      { kind: 'fact', task: 'tsk_a', fact: 'tool', name: 'b' },
    ]);
    // The first write may still fail, so the second carries it, too.
    expect(second.effects).toHaveLength(1);
    first.settle(false);
    expect(history.list('tool')).toEqual(['a']);
    second.settle(true);
    expect(history.note([tool('a')]).effects).toEqual([]);
    expect(history.list('tool')).toEqual(['a']);
  });

  it('refuses what it could not remember, and takes nothing then', () => {
    const history = new TaskHistory('tsk_a');
    for (let i = 0; i < 256; i++) history.note([tool(`t${i}`)]).settle(true);
    expect(() => history.note([{ kind: 'upstream', name: 'u' }, tool('one-more')])).toThrow(
      code('task.history_full'),
    );
    expect(history.list('upstream')).toEqual([]);
    expect(history.note([tool('t0'), { kind: 'upstream', name: 'u' }]).effects).toHaveLength(1);
  });

  it('counts refusals, those before a start too', () => {
    const history = new TaskHistory('tsk_a', [{ fact: 'denial', name: '', times: 2 }]);
    const noted = history.noteDenial();
    expect(history.denials).toBe(3);
    noted.settle(false);
    expect(history.denials).toBe(2);
  });

  it('knows what was last, and writes that of what is asked for, again and again', () => {
    const history = new TaskHistory('tsk_a');
    const when = (at: number) => ({ at, isOrdered: ({ name }: { name: string }) => name === 'a' });
    history.note([tool('a'), tool('b')], when(1)).settle(true);
    history.note([tool('b')], when(2)).settle(true);
    const again = history.note([tool('a'), tool('b')], when(3));
    expect(again.effects).toEqual([
      {
        ...{ kind: 'fact', task: 'tsk_a', fact: 'tool', name: 'a' },
        order: { position: 3, at: 3, isCompletion: false },
      },
    ]);
    again.settle(false);
    expect(history.lastBegun(tool('a'))).toEqual({ position: 1, at: 1 });
    expect(history.lastBegun(tool('b'))).toEqual({ position: 2, at: 2 });
    expect(history.lastCompleted(tool('a'))).toBeUndefined();
    expect(history.noteCompletion([tool('a'), tool('never')], when(5))).toHaveLength(1);
    expect(history.lastCompleted(tool('a'))).toEqual({ position: 4, at: 5 });
    // Asked for no longer: what is stored would become wrong, and says so.
    const unasked = { at: 6, isOrdered: () => false };
    expect(history.note([tool('a')], unasked).effects).toEqual([
      { kind: 'fact', task: 'tsk_a', fact: 'tool', name: 'a' },
    ]);
  });

  it('tells refusals apart by tool, up to a bound', () => {
    const history = new TaskHistory('tsk_a');
    for (let i = 0; i < 300; i++) history.noteDenial(`up/t${i}`, i).settle(true);
    expect(history.denials).toBe(300);
    expect(history.denialsOf(tool('up/t3'))).toEqual({ times: 1, last: { position: 4, at: 3 } });
    expect(history.denialsOf(tool('up/*')).times).toBe(256);
    expect(history.denialsOf(null).times).toBe(300);
    history.noteDenial('up/t3', 900).settle(false);
    expect(history.denialsOf(tool('up/t3')).times).toBe(1);
  });

  it('keeps names apart that an object would not', () => {
    const history = new TaskHistory('tsk_a');
    history.note([tool('__proto__'), tool('constructor')]).settle(true);
    expect(history.list('tool')).toEqual(['__proto__', 'constructor']);
  });
});

describe('the history of a stored task', () => {
  let stored: TestStore;
  let house: TestHouse;
  let agent: TestAgent;
  beforeAll(async () => {
    stored = await openTestStore();
    house = await createTestHouse(stored.store);
    agent = await house.makeAgent('worker', {});
  });
  afterAll(() => stored.remove());

  it('is there again after a start, and shared with the tasks that work for it', async () => {
    const opened = await openTask(house.context, agent.actor, { purpose: 'Work', ttlSeconds: 60 });
    const task = await house.context.tasks.lease(opened.id);
    const noted = [
      task.history.note([tool('files/read')]),
      task.history.noteDenial(),
      task.history.noteDenial(),
    ];
    await stored.store.append(
      [],
      noted.flatMap(({ effects }) => effects),
    );
    const when = { at: 7, isOrdered: () => true };
    const ordered = [
      ...task.history.note([tool('files/write'), tool('files/list')], when).effects,
      ...task.history.note([tool('files/write')], when).effects,
      ...task.history.noteCompletion([tool('files/list')], when),
    ];
    await stored.store.append([], ordered);
    const again = await createTaskLeases(house.context).lease(opened.id);
    for (const name of ['files/write', 'files/list']) {
      expect(again.history.lastBegun(tool(name))).toEqual(task.history.lastBegun(tool(name)));
      expect(again.history.lastCompleted(tool(name))).toEqual(task.history.lastCompleted(tool(name)));
    }
    // It was noted when nothing asked for an order.
    expect(again.history.lastBegun(tool('files/read'))).toEqual({ position: 0, at: 0 });
    expect(again.history.list('tool').toSorted()).toEqual(['files/list', 'files/read', 'files/write']);
    expect(again.history.denials).toBe(2);
    const inside = await openChildTask(house.context, {
      ...{ agentId: agent.id, key: 'proof', delegationId: agent.delegation.id, purpose: null },
      ...{ ttlSeconds: null, limits: {} },
      parent: { id: opened.id, purpose: 'Work', expiresAt: house.now() + 60_000 },
    });
    const part = await house.context.tasks.lease(inside.id);
    expect(part.history).toBe(task.history);
  });
});
