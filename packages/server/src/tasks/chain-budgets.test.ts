import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDelegation } from '../delegations/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, type TestAgent, type TestHouse } from './create-test-house.ts';
import { type LeasedTask, openChildTask, openTask } from './index.ts';

let stored: TestStore;
let house: TestHouse;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
});
afterAll(() => stored.remove());

/** The same numbers at every run, so that a failure can be had again. */
function makeRandom(seed: number) {
  let state = seed;
  return (end: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * end);
  };
}

interface Node {
  readonly agent: TestAgent;
  readonly delegation: string;
  readonly task: string;
  /** The most that its task and its delegation may use. */
  readonly calls: number;
  readonly parent: Node | null;
}

/** Agents that pass a random part of their calls on, with a task each that works for the one above. */
async function plant(random: (end: number) => number, round: number): Promise<readonly Node[]> {
  const root = await house.makeAgent(`root-${round}`, { depth: 4, calls: 40 + random(40) });
  const calls = root.delegation.limits.calls ?? 0;
  const opened = await openTask(house.context, root.actor, { purpose: 'All', limits: { calls } });
  const nodes: Node[] = [
    { agent: root, delegation: root.delegation.id, task: opened.id, calls, parent: null },
  ];
  for (let number = 0; number < 9; number += 1) {
    const parent = nodes[random(nodes.length)];
    if (parent === undefined || depthOf(parent) > 3) continue;
    const agent = await house.makeAgent(`node-${round}-${number}`);
    // Together more than there is: only what is spent counts.
    const most = 1 + random(parent.calls);
    const { id } = await createDelegation(house.context, parent.agent.actor, {
      ...{ agentId: agent.id, parentId: parent.delegation, purpose: 'A part' },
      limits: { calls: most, depth: 3 - depthOf(parent) },
    });
    const child = await openChildTask(house.context, {
      ...{ agentId: agent.id, key: 'proof', delegationId: id, purpose: null, ttlSeconds: null, limits: {} },
      parent: { id: parent.task, purpose: 'All', expiresAt: house.now() + 900_000 },
    });
    nodes.push({ agent, delegation: id, task: child.id, calls: most, parent });
  }
  return nodes;
}

function depthOf(node: Node): number {
  return node.parent === null ? 0 : 1 + depthOf(node.parent);
}

/** The node and all above it: everybody who pays. */
function lineOf(node: Node): readonly Node[] {
  return node.parent === null ? [node] : [node, ...lineOf(node.parent)];
}

async function readUsed(holder: string): Promise<number> {
  const row = await stored.store.sql
    .selectFrom('budgets')
    .select('calls')
    .where('holder', '=', holder)
    .executeTakeFirst();
  return Number(row?.calls ?? 0);
}

describe('task.budget-trees: budgets of random trees', () => {
  it('are never overdrawn at any node, and exact after a restart', { timeout: 120_000 }, async () => {
    const random = makeRandom(3);
    let taken = 0;
    let refused = 0;
    for (let round = 0; round < 8; round += 1) {
      const nodes = await plant(random, round);
      const used = new Map<Node, number>(nodes.map((node) => [node, 0]));
      const leases = new Map<Node, LeasedTask>();
      for (const node of nodes) leases.set(node, await house.context.tasks.lease(node.task));
      const writes: Promise<void>[] = [];
      for (let call = 0; call < 200; call += 1) {
        const node = nodes[random(nodes.length)];
        if (node === undefined) continue;
        const amount = 1 + random(3);
        const fits = lineOf(node).every((one) => (used.get(one) ?? 0) + amount <= one.calls);
        const spending = { calls: amount, spendMinor: 0 };
        try {
          const effects = leases.get(node)?.reserve(spending) ?? [];
          expect(fits).toBe(true);
          taken += 1;
          for (const one of lineOf(node)) used.set(one, (used.get(one) ?? 0) + amount);
          // Some reach the store only after the next calls have been let in.
          writes.push(stored.store.append([], effects));
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'task.budget_spent' });
          expect(fits).toBe(false);
          refused += 1;
        }
        if (random(10) === 0) await Promise.all(writes.splice(0));
      }
      await Promise.all(writes);
      if (round % 4 === 3) house = await createTestHouse(await stored.reopen(), house.now() + 1);
      for (const node of nodes) {
        const expected = used.get(node) ?? 0;
        expect(expected).toBeLessThanOrEqual(node.calls);
        expect(await readUsed(node.task)).toBe(expected);
        expect(await readUsed(node.delegation)).toBe(expected);
        expect((await house.context.tasks.lease(node.task)).usage.calls).toBe(expected);
      }
    }
    expect(taken).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
