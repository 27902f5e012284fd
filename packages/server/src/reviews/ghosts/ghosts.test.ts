import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { listGhosts } from './list-ghosts.ts';
import { setWorkingHours } from './set-working-hours.ts';

const day = 86_400_000;
let stored: TestStore;
let house: TestHouse;
let context: Context;
beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  context = { ...house.context, config: { ...house.context.config, agents: configSchema.parse({}).agents } };
});
afterAll(() => stored.remove());

const find = async (name: string, input: object = {}) => {
  const { items } = await listGhosts(context, house.auditor, input);
  return items.filter(({ agentName }) => agentName === name);
};
const code = (wanted: string) => expect.objectContaining({ code: wanted });

async function addDays(agentId: string, hours: Readonly<Record<number, number>>, days: readonly number[]) {
  const today = Math.floor(house.now() / day);
  const counts = Array.from({ length: 24 }, (_, hour) => hours[hour] ?? 0);
  const rows = days.map((before) => ({
    ...{ agent_id: agentId, day: today - before, calls: counts.reduce((a, b) => a + b, 0), denied: 0 },
    hours: JSON.stringify(counts),
    hour_records: JSON.stringify(Object.fromEntries(Object.keys(hours).map((hour) => [hour, `rec_${hour}`]))),
  }));
  await stored.store.sql.insertInto('agent_days').values(rows).execute();
}

describe('listGhosts', () => {
  it('finds nothing wrong with an agent that was made today', async () => {
    await house.makeAgent('fresh');
    expect(await find('fresh')).toEqual([]);
  });

  it('finds what is not used, and counts from the last call', async () => {
    const { id } = await house.makeAgent('idle');
    house.advance(29 * day);
    expect(await find('idle')).toEqual([]);
    expect(await find('idle', { days: 14 })).toMatchObject([{ kind: 'unused', severity: 'low' }]);
    const row = { agent_id: id, first_at: 1, last_at: house.now(), last_record: 'rec_last' };
    await stored.store.sql.insertInto('agent_use').values(row).execute();
    house.advance(31 * day);
    expect(await find('idle')).toMatchObject([
      { kind: 'unused', since: row.last_at, evidence: ['rec_last'], fix: 'agents retire idle' },
    ]);
  });

  it('finds keys that are in use for too long', async () => {
    await house.makeAgent('old');
    house.advance(180 * day);
    expect(await find('old')).toMatchObject([{ kind: 'old_key', severity: 'medium' }, { kind: 'unused' }]);
  });

  it('finds an agent that is used from two networks, or with two keys, at the same time', async () => {
    const { id } = await house.makeAgent('twice');
    const { places } = context.agents;
    const note = (address: string, minutes: number) =>
      places.note(id, { address, key: 'k' }, house.now() + minutes * 60_000);
    note('192.0.2.7', 0);
    note('192.0.2.9', 1);
    note('198.51.100.1', 30);
    await places.flush(house.now());
    expect(await find('twice')).toEqual([]);
    // Somebody who travels comes once and stays; two who share a key take turns.
    note('192.0.2.7', 31);
    note('198.51.100.1', 32);
    await places.flush(house.now());
    const [ghost] = await find('twice');
    expect(ghost).toMatchObject({ kind: 'two_places', severity: 'high', fix: 'agents suspend twice' });
    expect(ghost?.detail).toContain('192.0.2.0/24, 198.51.100.0/24');
  });

  it('keeps a bounded number of places for an agent', async () => {
    const { id } = await house.makeAgent('roaming');
    for (let net = 0; net < 200; net += 1)
      context.agents.places.note(id, { address: `10.0.${net}.1`, key: 'k' }, house.now() + net);
    await context.agents.places.flush(house.now());
    const rows = await stored.store.sql
      .selectFrom('agent_places')
      .selectAll()
      .where('agent_id', '=', id)
      .execute();
    expect(rows).toHaveLength(8);
  });

  it('learns the hours of an agent, and tells of others', async () => {
    const { id } = await house.makeAgent('worker');
    const before = Array.from({ length: 20 }, (_, number) => number + 8);
    await addDays(id, { 9: 10, 15: 10 }, before);
    await addDays(id, { 3: 4, 10: 2, 16: 1 }, [2]);
    expect(await find('worker')).toMatchObject([
      { kind: 'off_hours', evidence: ['rec_3'], detail: expect.stringContaining('4 calls') },
    ]);
  });

  it('takes hours that were stated instead, of its own owner alone', async () => {
    const { id } = await house.makeAgent('night');
    await addDays(id, { 23: 3, 4: 2, 12: 1 }, [1]);
    expect(await find('night')).toEqual([]);
    const hours = { agentId: id, hours: { from: 22, to: 6 } };
    await expect(setWorkingHours(context, house.neighbour, hours)).rejects.toEqual(code('person.forbidden'));
    await setWorkingHours(context, house.owner, hours);
    expect(await find('night')).toMatchObject([{ kind: 'off_hours', evidence: ['rec_12'] }]);
    expect(house.ofKind('agent.hours_set').at(-1)).toMatchObject({ agent: id, body: { before: null } });
  });

  it('finds whom nobody answers for, and delegations that rest on nobody', async () => {
    const { delegation } = await house.makeAgent('lost');
    await stored.store.sql
      .updateTable('people')
      .set({ state: 'suspended' })
      .where('id', '=', personId('owner'))
      .execute();
    expect(await find('lost')).toMatchObject([
      { kind: 'no_owner', severity: 'high', fix: 'agents hand-over lost --to <person>' },
      { kind: 'delegation_to_nobody', fix: `delegations revoke ${delegation.id}` },
    ]);
  });

  it('finds interactive agents without a consent in force, and agents that were never activated', async () => {
    const row = {
      owner_id: personId('neighbour'),
      purpose: 'x',
      environment: 'test',
      changed_at: house.now(),
    };
    const at = { created_at: house.now() - 8 * day };
    const { newId } = context.platform;
    await stored.store.sql
      .insertInto('agents')
      .values([
        { ...row, ...at, id: newId('agt'), name: 'chat', state: 'active', kind: 'interactive' },
        { ...row, ...at, id: newId('agt'), name: 'stillborn', state: 'registered', kind: 'registered' },
      ])
      .execute();
    expect(await find('chat')).toMatchObject([{ kind: 'unclaimed', fix: 'agents retire chat' }]);
    expect(await find('stillborn')).toMatchObject([{ kind: 'unclaimed' }]);
  });

  it('pages by agent, whole agents at a time, and for whoever may read agents', async () => {
    house.advance(40 * day);
    const all = await listGhosts(context, house.auditor, {});
    const paged = [];
    let cursor: string | undefined;
    do {
      const page = await listGhosts(context, house.auditor, { limit: 1, cursor });
      paged.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(all.items);
    await expect(listGhosts(context, house.approver, {})).rejects.toEqual(code('person.forbidden'));
  });
});
