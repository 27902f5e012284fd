import type { LedgerRecord } from '@countersign/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, type TestAgent, type TestHouse } from '../../tasks/create-test-house.ts';
import { catchUp, countUse, measureUse } from './index.ts';

let stored: TestStore;
let house: TestHouse;
let agent: TestAgent;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  agent = await house.makeAgent('worker');
});
afterAll(() => stored.remove());

interface Call {
  readonly tool?: string;
  readonly effect?: 'allow' | 'step_up' | 'deny';
  readonly chain?: readonly string[];
  readonly agent?: string;
  readonly spend?: { minor: number; currency: string };
  readonly drill?: string;
}

async function call(given: Call = {}): Promise<void> {
  const { tool = 'read', effect = 'allow', chain = [agent.delegation.id], spend, drill } = given;
  const { newId } = house.context.platform;
  const intent: LedgerRecord = {
    ...{ id: newId('rec'), kind: 'action.intent', at: house.now(), causes: [], action: newId('act') },
    ...{ agent: given.agent ?? agent.id, chain, upstream: 'shop', tool },
    ...(drill === undefined ? {} : { drill }),
    body: {
      effects: spend === undefined ? ['read'] : ['spend'],
      dataDomain: 'sales',
      operation: 'call_tool',
    },
  };
  const body = { effect, facts: { environment: 'test' }, ...(spend === undefined ? {} : { spend }) };
  await stored.store.append([
    intent,
    { ...intent, id: newId('rec'), kind: 'action.decision', causes: [intent.id], body },
  ]);
}

const measure = async (delegationId = agent.delegation.id, days = 90) => {
  await catchUp(house.context);
  return measureUse(stored.store.sql, delegationId, { now: house.now(), days });
};

describe('what authority was used for', () => {
  it('is counted by tool, and what was refused or asked about is no use', async () => {
    await call();
    await call();
    await call({ tool: 'pay', spend: { minor: 250, currency: 'EUR' } });
    await call({ tool: 'drop', effect: 'deny' });
    await call({ tool: 'pay', effect: 'step_up', spend: { minor: 9_000, currency: 'EUR' } });
    expect(await measure()).toMatchObject({
      ...{ calls: 3, denied: 1, asked: 1, depth: 0, isWhole: true },
      spend: [{ currency: 'EUR', minor: 250 }],
      tools: [
        { tool: 'read', allowed: 2, dataDomain: 'sales', environment: 'test' },
        { tool: 'pay', allowed: 1, asked: 1, effects: ['spend'] },
        { tool: 'drop', allowed: 0, denied: 1 },
      ],
    });
  });

  it('is counted once, however often and by however many it is counted', async () => {
    await call();
    await Promise.all([catchUp(house.context), catchUp(house.context), countUse(house.context)]);
    expect(await measure()).toMatchObject({ calls: 4 });
  });

  it('leaves out what drills did, and what was before the window', async () => {
    await call({ drill: 'drl_1' });
    expect(await measure()).toMatchObject({ calls: 4 });
    house.advance(40 * 86_400_000);
    await call({ tool: 'late' });
    expect(await measure(agent.delegation.id, 30)).toMatchObject({ calls: 1, tools: [{ tool: 'late' }] });
  });

  it('counts what was done further down for every delegation of the chain', async () => {
    const other = await house.makeAgent('helper');
    const chain = [agent.delegation.id, other.delegation.id];
    await call({ tool: 'below', chain, agent: other.id });
    expect(await measure(agent.delegation.id, 1)).toMatchObject({ depth: 1, calls: 2 });
    expect(await measure(other.delegation.id, 1)).toMatchObject({ depth: 0, calls: 1 });
    const rows = await stored.store.sql
      .selectFrom('agent_days')
      .selectAll()
      .where('agent_id', '=', other.id)
      .execute();
    expect(rows).toMatchObject([{ calls: 1 }]);
  });

  it('reads a bounded part of the ledger at once, with intents on the other side of its edge', async () => {
    for (let calls = 0; calls < 401; calls += 1) await call({ tool: 'many' });
    const use = await measure();
    expect(use.tools.find(({ tool }) => tool === 'many')).toMatchObject({ allowed: 401 });
  });
});
