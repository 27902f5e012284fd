import { parseStepUp, type Requirement } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlatform } from '../../platform/platform.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { type Asking, findEligible } from './find-eligible.ts';

const noon = Date.UTC(2026, 10, 24, 12);
const { newId } = createPlatform();
let test: TestStore;

beforeEach(async () => {
  test = await openTestStore();
});

afterEach(() => test.remove());

interface Made {
  readonly state?: 'active' | 'suspended';
  readonly hasPasskey?: boolean;
}

async function add(
  name: string,
  roles: readonly string[],
  { state = 'active', hasPasskey = true }: Made = {},
) {
  const id = newId('per');
  await test.store.sql
    .insertInto('people')
    .values({ id, display_name: name, email: null, roles: JSON.stringify(roles), state, created_at: 1 })
    .execute();
  if (hasPasskey) {
    const key = { credential_id: id, person_id: id, public_key: new Uint8Array(1), counter: 0 };
    await test.store.sql
      .insertInto('passkeys')
      .values({ ...key, transports: '[]', label: 'Key', created_at: 1, last_used_at: null })
      .execute();
  }
  return id;
}

function require(text: string): Requirement {
  const parsed = parseStepUp(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.requirement;
}

const find = (text: string, more: Partial<Asking> = {}) =>
  findEligible(test, {
    ...{ requirement: require(text), ownerId: '', requesterId: '', at: noon },
    ...more,
  });

const addRota = (name: string, people: readonly string[], overrides: unknown = []) =>
  test.store.sql
    .insertInto('approval_rotas')
    .values({
      ...{ name, people: JSON.stringify(people), period_days: 7, starts_on: '2026-11-23' },
      ...{ handover_minute: 540, time_zone: 'Europe/Berlin' },
      ...{ overrides: JSON.stringify(overrides), changed_at: 1 },
    })
    .execute();

const addDuty = (giver: string, holder: string, names: readonly string[] | null = null) =>
  test.store.sql
    .insertInto('approval_duties')
    .values({
      ...{ id: newId('dut'), giver_id: giver, holder_id: holder, from_at: noon - 1, until_at: noon + 1 },
      ...{ names: names === null ? null : JSON.stringify(names), signed_text: '{}', digest: newId('dut') },
      ...{
        evidence: '{}',
        proposed_at: 1,
        given_at: 1,
        ended_at: null,
        end_reason: null,
        record: newId('rec'),
      },
    })
    .execute();

describe('findEligible', () => {
  it('finds who is active, has a passkey, may decide, is named and is not excluded', async () => {
    const ada = await add('Ada', ['approver', 'finance']);
    await add('Bo', ['finance']);
    await add('Cy', ['approver', 'sales']);
    await add('Di', ['approver', 'finance'], { state: 'suspended' });
    await add('Ed', ['approver', 'finance'], { hasPasskey: false });
    const owner = await add('Flo', ['approver', 'finance']);
    expect(await find('approvers=group:finance; not=owner', { ownerId: owner })).toEqual([
      {
        ...{ personId: ada, name: 'Ada', via: 'group:finance', isOnCall: false, forPersonId: null },
        isQuiet: false,
      },
    ]);
    expect(await find('approvers=group:approver')).toEqual([]);
    expect(await find('approvers=role:approver')).toHaveLength(3);
  });

  it('names who is on call first, the next in turn for one who cannot, and all after the escalation', async () => {
    const ada = await add('Ada', ['approver']);
    const bo = await add('Bo', ['approver']);
    const text = 'approvers=oncall:pay; within=1h; escalate=10m:rota:pay';
    await addRota('pay', [bo, ada]);
    expect(await find(text)).toMatchObject([{ personId: bo, via: 'oncall:pay', isOnCall: true }]);
    expect(await find(text, { elapsedSeconds: 600 })).toMatchObject([{ personId: bo }, { personId: ada }]);
    await test.store.sql.updateTable('people').set({ state: 'suspended' }).where('id', '=', bo).execute();
    expect(await find(text)).toMatchObject([{ personId: ada, isOnCall: true }]);
  });

  it('lets who carries a duty decide, unless either of the two is excluded', async () => {
    const giver = await add('Ada', ['approver', 'finance', 'legal']);
    const holder = await add('Bo', ['approver']);
    await addDuty(giver, holder, ['finance']);
    const finance = await find('approvers=role:finance');
    expect(finance).toMatchObject([{ personId: giver }, { personId: holder, forPersonId: giver }]);
    expect(await find('approvers=role:legal')).toMatchObject([{ personId: giver }]);
    for (const ownerId of [giver, holder]) {
      const left = await find('approvers=role:finance; not=owner', { ownerId });
      expect(left.map(({ personId }) => personId)).toEqual(ownerId === giver ? [] : [giver]);
    }
    await test.store.sql
      .updateTable('people')
      .set({ roles: '["finance"]' })
      .where('id', '=', giver)
      .execute();
    expect(await find('approvers=role:finance')).toEqual([]);
  });

  it('says who is quiet, unless they are on call or escalated to', async () => {
    const ada = await add('Ada', ['approver', 'ops']);
    await test.store.sql
      .insertInto('quiet_hours')
      .values({ person_id: ada, from_minute: 720, until_minute: 480, time_zone: 'UTC' })
      .execute();
    await addRota('pay', [ada]);
    expect(await find('approvers=role:ops')).toMatchObject([{ isQuiet: true }]);
    expect(await find('approvers=role:ops', { at: noon - 1 })).toMatchObject([{ isQuiet: false }]);
    expect(await find('approvers=oncall:pay,role:ops')).toMatchObject([{ isQuiet: false, isOnCall: true }]);
    const escalated = 'approvers=role:dev; within=1h; escalate=1m:role:ops';
    expect(await find(escalated, { elapsedSeconds: 60 })).toMatchObject([{ isQuiet: false }]);
  });
});
