import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { openTestSignals } from '../open-test-signals.ts';
import { createModelUses, type ModelUses } from './create-model-uses.ts';
import { listAgentModels } from './list-agent-models.ts';

const agent = { id: 'agt_00000000000000000000000001', ownerId: personId('owner') };
const use = {
  ...{ agent, task: 'tsk_00000000000000000000000001', record: 'rec_00000000000000000000000001' },
  ...{ upstream: 'openai', asked: 'gpt-9', answered: 'gpt-9', systemDigest: 'a', toolsDigest: null },
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
  }, 15_000);
}

/** When it was written that this one is in use. */
async function readLastAt(systemDigest: string): Promise<number | undefined> {
  const row = await stored.store.sql
    .selectFrom('agent_models')
    .select('last_at')
    .where('system_digest', '=', systemDigest)
    .executeTakeFirst();
  return row?.last_at;
}

const changes = () => house.ofKind('signal.model_changed');

describe('the models of an agent', () => {
  it('are known by the first, and each change is told once an hour, by whichever server', async () => {
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

  it('are told again when an agent goes back to what it had, and each no more than once an hour', async () => {
    const { uses } = await open();
    await note(uses, {}, 1);
    const turn = async (systemDigest: string, wanted: number) => {
      house.advance(1);
      await note(uses, { systemDigest }, 2);
      await vi.waitFor(
        async () => expect(await readLastAt(systemDigest)).toBe(house.context.platform.now()),
        15_000,
      );
      expect(changes()).toHaveLength(wanted);
    };
    await turn('b', 1);
    await turn('a', 2);
    expect(changes().at(-1)).toMatchObject({ body: { before: { systemDigest: 'b' } } });
    for (const systemDigest of ['b', 'a', 'b']) await turn(systemDigest, 2);
    house.advance(3_600_001);
    await turn('a', 3);
    await turn('b', 4);
  });

  it('are others once an agent is offered other tools', async () => {
    const { uses } = await open();
    await note(uses, {}, 1);
    await note(uses, { toolsDigest: 't' }, 2);
    expect(changes()).toMatchObject([{ body: { changed: ['tools'], after: { toolsDigest: 't' } } }]);
  });

  it('raise the risk of the owner where the house wants that', async () => {
    const { uses, context } = await open('medium');
    await note(uses, {}, 1);
    await note(uses, { answered: 'gpt-9-mini' }, 2);
    expect(context.risk.of(agent.ownerId)).toBe('medium');
    const [change] = changes();
    expect(house.ofKind('signal.risk_changed')).toMatchObject([{ causes: [change?.id] }]);
  });

  it('are told as one once they are another one each time', async () => {
    const { uses, context } = await open();
    for (let turn = 0; turn < 120; turn += 1) uses.note({ ...use, systemDigest: String(turn) });
    house.advance(1);
    uses.note({ ...use, systemDigest: '120' });
    const present = async () => (await listAgentModels(context, house.admin, agent.id))[0]?.systemDigest;
    await vi.waitFor(async () => expect(await present()).toBe('120'), 15_000);
    expect(changes()).toHaveLength(100);
    expect(changes().at(-1)).toMatchObject({ body: { others: true, after: { systemDigest: '100' } } });
    house.advance(3_600_001);
    uses.note({ ...use, systemDigest: 'cruel' });
    await vi.waitFor(() => expect(changes()).toHaveLength(101));
    expect(changes().at(-1)).toMatchObject({
      body: { before: { systemDigest: '120' }, after: { systemDigest: 'cruel' } },
    });
    const listed = await listAgentModels(context, house.admin, agent.id);
    expect([listed.length, listed[0]?.systemDigest]).toEqual([101, 'cruel']);
    uses.note({ ...use, systemDigest: '7' });
    await vi.waitFor(() => expect(changes()).toHaveLength(102));
    expect(changes().at(-1)).toMatchObject({ body: { before: { systemDigest: 'cruel' } } });
  });
});
