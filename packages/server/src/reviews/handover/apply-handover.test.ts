import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { askInProduction } from '../../delegations/ask-in-production.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestAgent, type TestHouse } from '../../tasks/create-test-house.ts';
import { applyHandover } from './apply-handover.ts';
import { loadHandover, readOutcomes } from './handover.ts';

let stored: TestStore;
let house: TestHouse;
let context: Context;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  // Nobody but the new owner could say yes.
  context = askInProduction(house, [personId('neighbour')]);
});
afterAll(() => stored.remove());

const to = personId('neighbour');

/** One that was accepted, and interrupted before anything of it was done. */
async function acceptFor(agent: TestAgent): Promise<string> {
  const id = house.context.platform.newId('hnd');
  const now = house.now();
  const content = { agents: [{ id: agent.id, ownerId: personId('owner') }] };
  const delegations = [{ delegation: agent.delegation.id, limits: agent.delegation.limits }];
  await stored.store.sql
    .insertInto('agent_handovers')
    .values({
      ...{ id, from_person_id: null, to_person_id: to, state: 'accepted', reason: null, digest: 'x' },
      ...{ content: JSON.stringify(content), proposed_by: 'operator', proposed_record: 'rec_proposed' },
      ...{ proposed_at: now, expires_at: now + 1, decided_at: now, evidence: null, outcomes: '{}' },
      choice: JSON.stringify({ agents: [{ agent: agent.id, choice: 'take', delegations }] }),
    })
    .execute();
  return id;
}

async function apply(agent: TestAgent) {
  const id = await acceptFor(agent);
  await applyHandover(context, id);
  return readOutcomes(await loadHandover(stored.store.sql, id))[agent.id];
}

const ownerOf = async ({ id }: TestAgent) =>
  (await stored.store.sql.selectFrom('agents').select('owner_id').where('id', '=', id).executeTakeFirst())
    ?.owner_id;
const listStanding = (agent: TestAgent) =>
  stored.store.sql
    .selectFrom('delegations')
    .select('id')
    .where('agent_id', '=', agent.id)
    .where('revoked_at', 'is', null)
    .execute();

describe('applyHandover', () => {
  it('gives nothing to who may not own agents any more when it is gone on with', async () => {
    const agent = await house.makeAgent('interrupted');
    for (const lost of [{ roles: '["approver"]' }, { state: 'suspended' as const }]) {
      await stored.store.sql.updateTable('people').set(lost).where('id', '=', to).execute();
      expect(await apply(agent)).toMatchObject({
        outcome: 'left',
        reason: expect.stringContaining('may not own'),
      });
      const back = { roles: '["owner"]', state: 'active' as const };
      await stored.store.sql.updateTable('people').set(back).where('id', '=', to).execute();
    }
    expect(await ownerOf(agent)).toBe(personId('owner'));
    expect(await listStanding(agent)).toEqual([{ id: agent.delegation.id }]);
    expect(await apply(agent)).toMatchObject({ outcome: 'taken', reason: null });
    expect(await ownerOf(agent)).toBe(to);
  });

  it('ends what nobody but the new owner could approve, and says so', async () => {
    const agent = await house.makeAgent('reaches-production', { environments: ['production'] });
    expect(await apply(agent)).toEqual({
      outcome: 'taken',
      reason: expect.stringContaining('could approve under “Work”'),
      delegations: [],
    });
    expect(await listStanding(agent)).toEqual([]);
  });
});
