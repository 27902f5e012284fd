import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { findChips } from './find-chips.ts';
import { makeApprovalInput, type TestCall } from './make-approval-input.ts';

const hour = 3_600_000;
const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;
let agentId: string;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['approver']);
  agentId = house.context.platform.newId('agt');
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const find = (call: Partial<TestCall> = {}) =>
  findChips(
    house.context,
    makeApprovalInput(house.context.platform, { ownerId: owner.id, agentId, ...call }),
  );

interface Past {
  readonly minor?: number;
  readonly to?: string;
  readonly effect?: 'allow' | 'deny';
  readonly agent?: string;
  readonly drill?: string;
}

/** A call as the path records it. */
async function remember({ minor = 500, to = 'card_1', effect = 'allow', agent = agentId, drill }: Past = {}) {
  const { platform, store } = house.context;
  const about = { agent, upstream: 'payments', tool: 'refund', ...(drill === undefined ? {} : { drill }) };
  const intent = platform.newId('rec');
  await store.append([
    {
      ...{ ...about, id: intent, kind: 'action.intent', at: platform.now(), causes: [] },
      body: { arguments: { amount: minor, currency: 'EUR', to } },
    },
    {
      ...{
        ...about,
        id: platform.newId('rec'),
        kind: 'action.decision',
        at: platform.now(),
        causes: [intent],
      },
      body: { effect, spend: { currency: 'EUR', minor } },
    },
  ]);
}

async function rememberMany(count: number, past: Past = {}): Promise<void> {
  for (let n = 0; n < count; n += 1) await remember(past);
}

describe('what is unusual', () => {
  it('is the first call of a tool by an agent, whatever others did', async () => {
    await remember({ agent: house.context.platform.newId('agt') });
    await remember({ drill: 'drl_x' });
    await remember({ effect: 'deny' });
    expect(await find()).toEqual([
      'First call of this tool by this agent in 30 days',
      'Refused by policy once in the last 24 hours',
    ]);
  });

  it('is an amount above all that were let through, in the same currency', async () => {
    await remember({ minor: 60_000 });
    await remember({ minor: 900_000, effect: 'deny' });
    expect(await find()).toContain('Higher than any amount in 30 days: the highest was EUR 600.00');
    expect(await find({ arguments: { amount: 60_000, currency: 'EUR', to: 'card_1' } })).not.toContainEqual(
      expect.stringContaining('Higher'),
    );
    expect(await find({ arguments: { amount: 70_000, currency: 'USD', to: 'card_1' } })).not.toContainEqual(
      expect.stringContaining('Higher'),
    );
  });

  it('is a destination that none of enough calls went to', async () => {
    await rememberMany(4);
    const chip = 'First time to this destination in 5 calls of 30 days';
    const call = { arguments: { amount: 1, currency: 'EUR', to: 'card_9' } };
    expect(await find(call)).toEqual([]);
    await remember();
    expect(await find(call)).toEqual([chip]);
    await remember({ to: ' CARD_9 ' });
    expect(await find(call)).toEqual([]);
  });

  it('forgets what is older than the window it names', async () => {
    await remember({ minor: 60_000 });
    clock.advance(31 * 24 * hour);
    expect(await find()).toEqual(['First call of this tool by this agent in 30 days']);
  });

  it('tells of outsiders, plans, risk, keys and people before history, and says three things at most', async () => {
    const place = {
      pointer: '/to',
      role: 'destination',
      origins: new Set(['untrusted'] as const),
      worst: 'untrusted',
    } as const;
    expect(await find({ seen: { traces: [place], plan: 'outside' } })).toEqual([
      'The destination comes from text that outsiders can write',
      'Outside the plan of its task',
      'First call of this tool by this agent in 30 days',
    ]);
    const risks = new Map([[owner.id, 'high' as const]]);
    expect(await find({ decision: { risks, binding: 'none' }, arguments: { to: 'a\u202eb' } })).toEqual([
      '1 hidden or misleading character in the arguments',
      'Signals report high risk for a person it acts for',
      'The program proves no key: whoever has its token could ask this',
    ]);
  });
});
