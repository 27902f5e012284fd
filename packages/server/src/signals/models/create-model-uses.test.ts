import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { openTestSignals } from '../open-test-signals.ts';
import { createModelUses, type ModelUses } from './create-model-uses.ts';
import { listAgentModels } from './list-agent-models.ts';

const agent = { id: 'agt_00000000000000000000000001', ownerId: personId('owner') };
const use = {
  ...{ agent, task: 'tsk_00000000000000000000000001', record: 'rec_00000000000000000000000001' },
  ...{ upstream: 'openai', asked: 'gpt-9', answered: 'gpt-9', systemDigest: 'a' },
};

let stored: TestStore;
let house: TestHouse;
beforeEach(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
});
afterEach(() => stored.remove());

async function open(modelChangeRisk: 'none' | 'medium' | 'high' = 'none') {
  const { context } = await openTestSignals(house.context, { modelChangeRisk });
  return { context, uses: createModelUses(context) };
}

async function note(uses: ModelUses, changes: object, wanted: number): Promise<void> {
  uses.note({ ...use, ...changes });
  await vi.waitFor(async () => {
    const rows = await stored.store.sql.selectFrom('agent_models').select('agent_id').execute();
    expect(rows.length).toBe(wanted);
  });
}

const changes = () => house.ofKind('signal.model_changed');

describe('the models of an agent', () => {
  it('are known by the first, and each other one is told once, by whichever server', async () => {
    const { uses, context } = await open();
    await note(uses, {}, 1);
    expect(changes()).toEqual([]);
    await note(uses, { systemDigest: null }, 2);
    expect(changes()).toMatchObject([
      { agent: agent.id, causes: [use.record], body: { changed: ['system'], before: { systemDigest: 'a' } } },
    ]);
    const other = createModelUses(context);
    await note(other, { upstream: 'anthropic', asked: 'claude-9', answered: 'claude-9' }, 3);
    expect(changes()).toHaveLength(2);
    expect(changes().at(-1)).toMatchObject({
      body: { changed: expect.arrayContaining(['provider', 'model']) },
    });
    await note(uses, { upstream: 'anthropic', asked: 'claude-9', answered: 'claude-9' }, 3);
    expect(changes()).toHaveLength(2);
    expect(context.risk.of(agent.ownerId)).toBe('low');
    const listed = await listAgentModels(context, house.admin, agent.id);
    expect(listed).toHaveLength(3);
    expect(listed.filter(({ record }) => record === null)).toMatchObject([{ systemDigest: 'a' }]);
  });

  it('raise the risk of the owner where the house wants that', async () => {
    const { uses, context } = await open('medium');
    await note(uses, {}, 1);
    await note(uses, { answered: 'gpt-9-mini' }, 2);
    expect(context.risk.of(agent.ownerId)).toBe('medium');
    const [change] = changes();
    expect(house.ofKind('signal.risk_changed')).toMatchObject([{ causes: [change?.id] }]);
  });

  it('are told no more once they are another one each time', async () => {
    const { uses } = await open();
    for (let turn = 0; turn < 120; turn += 1) uses.note({ ...use, systemDigest: String(turn) });
    await note(uses, { systemDigest: '119' }, 100);
    expect(changes()).toHaveLength(99);
    expect(changes().at(-1)).toMatchObject({ body: { last: true } });
  });
});
