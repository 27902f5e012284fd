import { AppError } from '@countersign/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeAgent, suspendAgent } from '../agents/index.ts';
import { createDelegation, revokeDelegation } from '../delegations/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { type Admission, createStops } from '../signals/index.ts';
import { createTestHouse, type TestAgent, type TestHouse } from './create-test-house.ts';
import { endTask, openChildTask, openTask } from './index.ts';

/** The same numbers at every run (Numerical Recipes' generator), so that a failure can be had again. */
function makeRandom(seed: number) {
  let state = seed;
  return (end: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * end);
  };
}

interface Delegation {
  readonly id: string;
  readonly parent: string | null;
  readonly agent: string;
  /** The task it was made in. */
  readonly task: string | null;
}

interface Task {
  readonly id: string;
  readonly delegation: string;
  readonly agent: string;
  readonly parent: string | null;
}

interface Forest {
  readonly delegations: Map<string, Delegation>;
  readonly tasks: Map<string, Task>;
}

interface Cut {
  readonly kind: 'delegation' | 'task' | 'agent';
  readonly target: string;
}

function listChain({ delegations }: Forest, id: string): Delegation[] {
  const chain: Delegation[] = [];
  for (let next = delegations.get(id); next !== undefined; next = delegations.get(next.parent ?? '')) {
    chain.unshift(next);
  }
  return chain;
}

/** All that stands on what is cut, found the slow and obvious way. */
function listBelow(forest: Forest, cut: Cut): { delegations: Set<string>; tasks: Set<string> } {
  const ended = { delegations: new Set<string>(), tasks: new Set<string>() };
  if (cut.kind === 'delegation') ended.delegations.add(cut.target);
  if (cut.kind === 'task') ended.tasks.add(cut.target);
  if (cut.kind === 'agent') {
    for (const task of forest.tasks.values()) {
      const passes = listChain(forest, task.delegation).some((one) => one.agent === cut.target);
      if (passes) ended.tasks.add(task.id);
    }
  }
  for (let before = -1; before !== ended.delegations.size + ended.tasks.size; ) {
    before = ended.delegations.size + ended.tasks.size;
    for (const { id, parent, task } of forest.delegations.values()) {
      if (ended.delegations.has(parent ?? '') || ended.tasks.has(task ?? '')) ended.delegations.add(id);
    }
    for (const { id, delegation, parent } of forest.tasks.values()) {
      if (ended.delegations.has(delegation) || ended.tasks.has(parent ?? '')) ended.tasks.add(id);
    }
  }
  return ended;
}

function pickCut(random: (end: number) => number, forest: Forest, agents: readonly string[]): Cut {
  const kind = (['delegation', 'task', 'agent'] as const)[random(3)] ?? 'task';
  const among = kind === 'agent' ? agents : [...(kind === 'task' ? forest.tasks : forest.delegations).keys()];
  return { kind, target: among[random(among.length)] ?? '' };
}

describe('delegation.cut-ends-below', () => {
  const rounds = 400;
  const cutsInRound = 10;

  it(`cuts the calls below and no others, ${rounds * cutsInRound} times in memory`, () => {
    const random = makeRandom(7);
    for (let round = 0; round < rounds; round += 1) {
      const forest = growForest(random);
      const agents = [...new Set([...forest.delegations.values()].map((one) => one.agent))];
      for (let cut = 0; cut < cutsInRound; cut += 1) {
        const stops = createStops();
        const calls = new Map<string, Admission>();
        for (const task of forest.tasks.values()) calls.set(task.id, stops.admit(describeCall(forest, task)));
        const { kind, target } = pickCut(random, forest, agents);
        const hit = stops.hold(kind, target, new AppError('delegation.not_active')).cut;
        const cutTasks = [...calls].filter(([, call]) => call.signal.aborted).map(([id]) => id);
        expect(new Set(cutTasks)).toEqual(listBelow(forest, { kind, target }).tasks);
        expect(hit).toHaveLength(cutTasks.length);
      }
    }
  });
});

/** Delegations of twelve agents on each other, and tasks under them that work for each other. */
function growForest(random: (end: number) => number): Forest {
  const forest: Forest = { delegations: new Map(), tasks: new Map() };
  for (let number = 0; number < 12; number += 1) {
    const parent = number < 2 ? null : `dlg_${random(number)}`;
    forest.delegations.set(`dlg_${number}`, {
      id: `dlg_${number}`,
      parent,
      agent: `agt_${number}`,
      task: null,
    });
  }
  for (let number = 0; number < 16; number += 1) {
    const delegation = `dlg_${random(12)}`;
    const agent = forest.delegations.get(delegation)?.agent ?? '';
    const above = forest.delegations.get(delegation)?.parent;
    const parents = [...forest.tasks.values()].filter((task) => task.delegation === above);
    const parent = parents[random(parents.length + 1)]?.id ?? null;
    forest.tasks.set(`tsk_${number}`, { id: `tsk_${number}`, delegation, agent, parent });
  }
  return forest;
}

function describeCall(forest: Forest, task: Task) {
  const chain = listChain(forest, task.delegation);
  const tasks: string[] = [];
  for (let next = forest.tasks.get(task.parent ?? ''); next !== undefined; ) {
    tasks.unshift(next.id);
    next = forest.tasks.get(next.parent ?? '');
  }
  const through = { agents: chain.slice(0, -1).map((one) => one.agent), owners: ['per_1'], tasks };
  const own = { action: `act_${task.id}`, agent: task.agent, owner: 'per_1', task: task.id };
  return { ...own, chain: chain.map((one) => one.id), through, upstream: 'files', tool: '' };
}

describe('delegation.cut-ends-below, in the store', () => {
  let stored: TestStore;
  let house: TestHouse;
  let agents: readonly TestAgent[];
  beforeAll(async () => {
    stored = await openTestStore();
    house = await createTestHouse(stored.store);
    agents = await Promise.all(
      Array.from({ length: 6 }, (_, number) => house.makeAgent(`agent-${number}`, { depth: 5 })),
    );
  });
  afterAll(() => stored.remove());

  const cutsWanted = 240;

  it(`ends all below and nothing else, ${cutsWanted} times`, { timeout: 240_000 }, async () => {
    const random = makeRandom(11);
    let reached = 0;
    for (let cuts = 0; cuts < cutsWanted; ) {
      const forest = await plant(random);
      for (let cut = 0; cut < 12; cut += 1, cuts += 1) {
        const made = pickCut(
          random,
          forest,
          agents.map((agent) => agent.id),
        );
        if (made.kind === 'delegation' && agents.some(({ delegation }) => delegation.id === made.target))
          continue;
        const expected = listBelow(forest, made);
        const before = await readEnded(forest);
        await apply(made);
        const after = await readEnded(forest);
        reached += after.tasks.size + after.delegations.size - before.tasks.size - before.delegations.size;
        expect(after.delegations, JSON.stringify(made)).toEqual(
          before.delegations.union(expected.delegations),
        );
        expect(after.tasks, JSON.stringify(made)).toEqual(before.tasks.union(expected.tasks));
      }
    }
    expect(reached).toBeGreaterThan(cutsWanted);
  });

  async function plant(random: (end: number) => number): Promise<Forest> {
    const forest: Forest = { delegations: new Map(), tasks: new Map() };
    for (const { id, delegation } of agents) {
      forest.delegations.set(delegation.id, { id: delegation.id, parent: null, agent: id, task: null });
    }
    for (let number = 0; number < 24; number += 1) {
      if (random(2) === 0) await addTask(random, forest);
      else await addDelegation(random, forest);
    }
    return forest;
  }

  const actorOf = (agentId: string) => {
    const found = agents.find((agent) => agent.id === agentId);
    if (found === undefined) throw new Error('no agent');
    return found.actor;
  };

  async function addDelegation(random: (end: number) => number, forest: Forest): Promise<void> {
    const all = [...forest.delegations.values()];
    const parent = all[random(all.length)];
    const to = agents[random(agents.length)];
    if (parent === undefined || to === undefined) return;
    const chain = listChain(forest, parent.id);
    if (chain.some((one) => one.agent === to.id) || chain.length > 4) return;
    const own = [...forest.tasks.values()].filter((task) => task.delegation === parent.id);
    const task = random(2) === 0 ? own[random(own.length)]?.id : undefined;
    const source = task === undefined ? { parentId: parent.id } : { taskId: task };
    const limits = { depth: Math.max(0, 5 - chain.length) };
    const input = { agentId: to.id, purpose: 'A part', limits, ...source };
    const { id } = await createDelegation(house.context, actorOf(parent.agent), input);
    forest.delegations.set(id, { id, parent: parent.id, agent: to.id, task: task ?? null });
  }

  async function addTask(random: (end: number) => number, forest: Forest): Promise<void> {
    const all = [...forest.delegations.values()];
    const delegation = all[random(all.length)];
    if (delegation === undefined) return;
    const { agent } = delegation;
    const chain = listChain(forest, delegation.id);
    const above = [...forest.tasks.values()].filter((task) => task.delegation === delegation.parent);
    const parent = chain.every((one) => one.task === null) ? above[random(above.length + 1)] : undefined;
    const view =
      parent === undefined
        ? await openTask(house.context, actorOf(agent), { purpose: 'Work', delegationId: delegation.id })
        : await openChildTask(house.context, {
            ...{ agentId: agent, key: 'proof', delegationId: delegation.id, purpose: 'Work' },
            ...{ ttlSeconds: null, limits: {} },
            parent: { id: parent.id, purpose: '', expiresAt: house.now() + 900_000 },
          });
    forest.tasks.set(view.id, { id: view.id, delegation: delegation.id, agent, parent: view.parentTaskId });
  }

  async function apply({ kind, target }: Cut): Promise<void> {
    if (kind === 'delegation') {
      await revokeDelegation(house.context, house.owner, { delegationId: target });
    } else if (kind === 'task') {
      await endTask(house.context, house.owner, { taskId: target });
    } else {
      await suspendAgent(house.context, house.owner, { agentId: target });
      await resumeAgent(house.context, house.owner, { agentId: target });
    }
  }

  async function readEnded(forest: Forest): Promise<{ delegations: Set<string>; tasks: Set<string> }> {
    const { sql } = stored.store;
    const delegations = await sql
      .selectFrom('delegations')
      .select('id')
      .where('revoked_at', 'is not', null)
      .where('id', 'in', [...forest.delegations.keys()])
      .execute();
    const tasks = await sql
      .selectFrom('tasks')
      .select('id')
      .where('ended_at', 'is not', null)
      .where('id', 'in', [...forest.tasks.keys()])
      .execute();
    return {
      delegations: new Set(delegations.map((row) => row.id)),
      tasks: new Set(tasks.map((row) => row.id)),
    };
  }
});
