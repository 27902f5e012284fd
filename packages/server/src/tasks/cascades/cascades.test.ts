import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../config/index.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { makeTool } from '../../policies/create-test-policies.ts';
import { createTestHouse, type TestAgent, type TestHouse } from '../create-test-house.ts';
import { endTask, expireTasks, openChildTask, openTask, resumeTask } from '../index.ts';
import { endSessionTask, openSessionTask } from '../session-task.ts';
import { createCascades, type Pause, type Work } from './index.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const tool = makeTool('mail/send');
const refused = (work: Work, to = 'eve@evil.example') => ({
  ...work,
  upstream: 'mail',
  tool,
  arguments: { to },
});
const call = (work: Work, n = 0, name = 'a/b') => ({ ...work, owner: 'per_a', name, arguments: { n } });
const at = (root: string, agent: string, task = root): Work => ({ root, agent, task });

let stored: TestStore;
let house: TestHouse;
let agent: TestAgent;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  agent = await house.makeAgent('worker', {});
  const { tasks, cascades } = house.context;
  tasks.onEnded((id) => cascades.forget(id));
});
afterAll(() => stored.remove());

function make(settings: object = {}, change: object = {}) {
  const { cascades } = configSchema.parse({ cascades: settings });
  const log = pino({ level: 'silent' });
  return createCascades({ ...house.context, config: { cascades }, log, ...change });
}

let made = 0;
/** Under an agent of its own: nobody opens anything while an earlier pause waits for a person. */
async function open() {
  agent = await house.makeAgent(`worker-${++made}`, {});
  return openAs(agent);
}

const openAs = ({ actor }: TestAgent) => openTask(house.context, actor, { purpose: 'Work', ttlSeconds: 600 });

describe('a pause', () => {
  it('is there again after a start, until a person resumes it, and not for a task that has ended', async () => {
    const { cascades } = house.context;
    const { id } = await open();
    const work = at(id, agent.id);
    for (let i = 0; i < 5; i++) cascades.noteDenial(refused(work));
    expect(() => cascades.requireRunning(id, [agent.id])).toThrow(code('task.paused'));
    await cascades.whenWritten(id);
    const again = await make();
    expect(again.findPause(id, agent.id)).toMatchObject({ cause: 'denials', task: id });
    expect(() => again.requireRunning(id, ['agt_other'])).not.toThrow();
    await expect(resumeTask(house.context, house.neighbour, { taskId: id, reason: 'mine' })).rejects.toThrow(
      code('person.forbidden'),
    );
    await expect(resumeTask(house.context, agent.actor, { taskId: id, reason: 'mine' })).rejects.toThrow(
      code('person.forbidden'),
    );
    await expect(resumeTask(house.context, house.auditor, { taskId: id, reason: 'mine' })).rejects.toThrow(
      code('person.forbidden'),
    );
    const view = await resumeTask(house.context, house.owner, { taskId: id, reason: 'looked at' });
    expect(view.paused).toBeNull();
    cascades.requireRunning(id, [agent.id]);
    expect((await make()).findPause(id, agent.id)).toBeUndefined();
    const [paused] = house.ofKind('task.paused');
    expect(house.ofKind('task.resumed')).toMatchObject([
      { causes: [paused?.id], body: { cause: 'denials' } },
    ]);
    expect(JSON.stringify(house.records)).not.toContain('evil.example');
  });

  it('keeps tasks from being opened inside', async () => {
    const { cascades } = house.context;
    const { id } = await open();
    for (let i = 0; i < 5; i++) cascades.noteDenial(refused(at(id, agent.id)));
    const inside = openChildTask(house.context, {
      ...{ agentId: agent.id, key: 'proof', delegationId: agent.delegation.id, purpose: null },
      ...{ ttlSeconds: null, limits: {} },
      parent: { id, purpose: 'Work', expiresAt: house.now() + 60_000 },
    });
    await expect(inside).rejects.toThrow(code('task.paused'));
  });

  it('stands although it could not be written, cuts what it is told to, and is told once', async () => {
    const cut: unknown[] = [];
    const cascades = await make(
      { onPause: 'cut', denials: 2 },
      {
        stops: { cut: (scope: string, target: string) => [cut.push([scope, target])].map(String) },
        store: {
          ...house.context.store,
          sql: house.context.store.sql,
          transaction: () => Promise.reject(new Error('disk')),
        },
      },
    );
    const told: [Pause, string][] = [];
    cascades.onChange((...news) => told.push(news));
    const work = at('tsk_root', 'agt_a', 'tsk_inner');
    for (let i = 0; i < 4; i++) cascades.noteDenial(refused(work));
    await cascades.whenWritten('tsk_root');
    expect(() => cascades.requireRunning('tsk_root', ['agt_a'])).toThrow(code('task.paused'));
    expect(cut).toEqual([['task', 'tsk_inner']]);
    expect(told.map(([{ task }, state]) => [task, state])).toEqual([['tsk_inner', 'paused']]);
  });

  it('is of a whole tree only when several agents are at it', async () => {
    const cascades = await make({ denials: 2 });
    const { id } = await open();
    // Who is paused already is refused before it could be denied anything.
    const misbehave = (name: string): void => {
      for (let i = 0; i < 2; i++) cascades.noteDenial(refused(at(id, name)));
    };
    misbehave('agt_a');
    misbehave('agt_b');
    expect(() => cascades.requireRunning(id, [agent.id])).not.toThrow();
    misbehave('agt_c');
    expect(() => cascades.requireRunning(id, [agent.id])).toThrow(code('task.paused'));
    await cascades.whenWritten(id);
  });
});

describe('a pause that no person has lifted', () => {
  const pause = async (root: string) => {
    const { cascades } = house.context;
    for (let i = 0; i < 5; i++) cascades.noteDenial(refused(at(root, agent.id)));
    await cascades.whenWritten(root);
  };

  it('keeps the agent from ending its task and from opening another, and nobody else', async () => {
    const { id } = await open();
    await pause(id);
    await expect(endTask(house.context, agent.actor, { taskId: id })).rejects.toThrow(code('task.paused'));
    await expect(openAs(agent)).rejects.toThrow(code('task.paused'));
    const other = await house.makeAgent('other', {});
    await endTask(house.context, other.actor, { taskId: (await openAs(other)).id });
    await resumeTask(house.context, house.owner, { taskId: id, reason: 'looked at' });
    await openAs(agent);
    expect((await endTask(house.context, agent.actor, { taskId: id })).state).toBe('ended');
  });

  it('outlives the task, until a person resumes it', async () => {
    const { id } = await open();
    await pause(id);
    house.advance(601_000);
    await expireTasks(house.context);
    expect((await make()).findPause(id, agent.id)).toBeUndefined();
    await expect(openAs(agent)).rejects.toThrow(code('task.paused'));
    await resumeTask(house.context, house.owner, { taskId: id, reason: 'looked at' });
    await openAs(agent);
    const again = resumeTask(house.context, house.owner, { taskId: id, reason: 'again' });
    await expect(again).rejects.toThrow(code('task.not_paused'));
  });

  it('is lifted by a person who ends the task', async () => {
    const { id } = await open();
    await pause(id);
    expect(await endTask(house.context, house.owner, { taskId: id })).toMatchObject({ paused: null });
    const paused = house.ofKind('task.paused').at(-1);
    expect(house.ofKind('task.ended').at(-1)?.causes).toContain(paused?.id);
    await openAs(agent);
  });

  it('holds up what comes after it in a session, however that ends', async () => {
    agent = await house.makeAgent('client', {});
    const { store, platform } = house.context;
    const point = platform.newId('pep');
    const session = { point, agentId: agent.id, id: 'one' };
    await store.sql
      .insertInto('enforcement_points')
      .values({ ...pointRow, id: point, record: platform.newId('rec') })
      .execute();
    const { taskId } = await openSessionTask(house.context, session, { text: 'Work', countsLater: false });
    await pause(taskId);
    await endSessionTask(house.context, session);
    expect((await openSessionTask(house.context, session, null)).taskId).toBe(taskId);
    const later = () => openSessionTask(house.context, session, { text: 'Go on', countsLater: true });
    await expect(later()).rejects.toThrow(code('task.paused'));
    house.advance(3_601_000);
    await expireTasks(house.context);
    await expect(openSessionTask(house.context, session, null)).rejects.toThrow(code('task.paused'));
    await resumeTask(house.context, house.owner, { taskId, reason: 'looked at' });
    expect((await later()).taskId).not.toBe(taskId);
  });
});

const pointRow = { name: 'laptop', settings: '{}', created_at: 1, created_by: 'per_a' };

describe('what is counted', () => {
  it('is one count for an agent in all tasks of a tree, and another in another tree', async () => {
    const cascades = await make({ sameCalls: 10 });
    for (let i = 0; i < 10; i++) cascades.begin(call(at('tsk_r', 'agt_a', `tsk_${i}`))).settle('success');
    cascades.begin(call(at('tsk_s', 'agt_a')));
    cascades.begin(call(at('tsk_r', 'agt_b')));
    expect(() => cascades.begin(call(at('tsk_r', 'agt_a', 'tsk_new')))).toThrow(code('task.paused'));
    await cascades.whenWritten('tsk_r');
  });

  it('is bounded in memory, with 10,000 tasks at work and more to come', async () => {
    const cascades = await make({ sameCalls: 0, nearCalls: 0 });
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 21_000; i++) {
      const work = at(`tsk_${i}`, `agt_${i % 50}`);
      for (let n = 0; n < 6; n++) cascades.begin(call(work, n, `a/${n % 5}`)).settle('success');
      cascades.noteDenial(refused(work, `x${i}@evil.example`));
    }
    // 10,000 first tasks, 20,000 agents in them, and the circuits of 50 agents and 5 tools.
    expect(cascades.size).toBeLessThan(30_400);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300_000_000);
  });

  it('opens the circuit of nobody else, whatever one agent does', async () => {
    const cascades = await make();
    for (let n = 0; n < 500; n++) {
      try {
        cascades.begin(call(at('tsk_t', 'agt_a'), n, `up/t${n % 2}`)).settle('unavailable');
      } catch (refusal) {
        expect(['action.circuit_open', 'task.paused']).toContain((refusal as { code: string }).code);
      }
    }
    for (const name of ['up/t0', 'up/t1'])
      cascades.begin(call(at('tsk_u', 'agt_b'), 0, name)).settle('success');
    await cascades.whenWritten('tsk_t');
  });
});
