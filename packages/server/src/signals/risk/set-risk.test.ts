import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { openTestSignals, type TestSignals } from '../open-test-signals.ts';
import { expireRisks } from './expire-risks.ts';
import { listRisks } from './list-risks.ts';
import { loadRiskState } from './risk-state.ts';
import { clearRisk, setRisk } from './set-risk.ts';

const owner = personId('owner');
const hour = 3_600_000;

let stored: TestStore;
let house: TestHouse;
let signals: TestSignals;

beforeEach(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  signals = await openTestSignals(house.context);
});
afterEach(() => stored.remove());

const told = async (): Promise<readonly unknown[]> => {
  const rows = await stored.store.sql.selectFrom('security_events').selectAll().orderBy('id').execute();
  return rows.map(({ kind, person_id, facts }) => [kind, person_id, JSON.parse(facts)]);
};

describe('the risk of a person', () => {
  it('is raised at once, recorded, told, and there after a restart', async () => {
    const { context } = signals;
    const raised = await setRisk(context, house.admin, {
      personId: owner,
      level: 'high',
      reason: 'lost laptop',
    });
    expect(raised).toEqual({ personId: owner, risk: 'high' });
    const [record] = house.ofKind('signal.risk_changed');
    expect(record).toMatchObject({
      person: owner,
      body: { source: 'administrator', before: 'low', now: 'high' },
    });
    const facts = { principal: 'USER', current_level: 'HIGH', previous_level: 'LOW' };
    expect(await told()).toEqual([['risk-level-change', owner, facts]]);
    const again = await loadRiskState(await stored.reopen(), context.platform);
    expect(again.of(owner)).toBe('high');
    house.advance(72 * hour);
    expect(again.of(owner)).toBe('low');
  });

  it('runs out, and that is told too', async () => {
    const { context } = signals;
    await setRisk(context, house.admin, { personId: owner, level: 'medium', reason: 'travels', hours: 2 });
    house.advance(2 * hour - 1);
    await expireRisks(context);
    expect(context.risk.of(owner)).toBe('medium');
    house.advance(1);
    await expireRisks(context);
    expect(await listRisks(context, house.auditor)).toEqual([]);
    expect(house.ofKind('signal.risk_changed').map(({ body }) => body.now)).toEqual(['medium', 'low']);
  });

  it('that is raised again just as it runs out does not run out', async () => {
    const { context } = signals;
    await setRisk(context, house.admin, { personId: owner, level: 'medium', reason: 'travels', hours: 2 });
    house.advance(2 * hour);
    const transaction: typeof context.store.transaction = async (work) => {
      await setRisk(context, house.admin, { personId: owner, level: 'high', reason: 'lost' });
      return context.store.transaction(work);
    };
    const store: typeof context.store = Object.create(context.store, { transaction: { value: transaction } });
    await expireRisks({ ...context, store });
    expect(context.risk.of(owner)).toBe('high');
    expect(await listRisks(context, house.auditor)).toMatchObject([{ personId: owner, level: 'high' }]);
    expect(house.ofKind('signal.risk_changed')).toHaveLength(2);
  });

  it('that is not yet written stays in memory when an older one runs out', () => {
    const { risk } = signals.context;
    const expiresAt = house.now() + hour;
    risk.raise({ personId: owner, source: 'idp', level: 'high', expiresAt });
    risk.expire(owner, 'idp');
    risk.raise({ personId: owner, source: 'idp', level: 'medium', expiresAt });
    expect(risk.of(owner)).toBe('high');
    house.advance(hour);
    risk.expire(owner, 'idp');
    expect(risk.of(owner)).toBe('low');
  });

  it('is taken back by whoever may set it, and by nobody else', async () => {
    const { context } = signals;
    const input = { personId: owner, level: 'medium', reason: 'travels' } as const;
    for (const actor of [house.owner, house.approver, house.auditor]) {
      await expect(setRisk(context, actor, input)).rejects.toMatchObject({ code: 'person.forbidden' });
      await expect(clearRisk(context, actor, { personId: owner })).rejects.toMatchObject({
        code: 'person.forbidden',
      });
    }
    await expect(listRisks(context, house.owner)).rejects.toMatchObject({ code: 'person.forbidden' });
    await setRisk(context, house.admin, input);
    expect(await listRisks(context, house.auditor)).toMatchObject([
      { personId: owner, source: 'administrator' },
    ]);
    expect(await clearRisk(context, house.admin, { personId: owner })).toEqual({
      personId: owner,
      risk: 'low',
    });
    const nobody = { ...input, personId: 'per_00000000000000000000000099' };
    await expect(setRisk(context, house.admin, nobody)).rejects.toMatchObject({ code: 'person.not_found' });
  });

  it('stays raised in memory when it cannot be written', async () => {
    const { context } = signals;
    const full = { transaction: { value: () => Promise.reject(new Error('the disk is full')) } };
    const store: typeof context.store = Object.create(context.store, full);
    const raised = setRisk({ ...context, store }, house.admin, {
      personId: owner,
      level: 'high',
      reason: 'lost',
    });
    await expect(raised).rejects.toThrow('the disk is full');
    expect(context.risk.of(owner)).toBe('high');
  });
});
