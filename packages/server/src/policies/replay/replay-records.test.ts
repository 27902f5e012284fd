import type { LedgerRecord } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, type TestAgent, type TestHouse } from '../../tasks/create-test-house.ts';
import { openTask, TaskHistory } from '../../tasks/index.ts';
import { makeBundle, makeRequest, makeTool, makeUpstreams } from '../create-test-policies.ts';
import { explainDecision } from '../explain/explain-decision.ts';
import { writeExample } from '../from-example/write-example.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { type ReplayContext, RequestRebuilder } from './rebuild-request.ts';
import { replayPolicies } from './replay-policies.ts';
import { type Replayed, replayRecords } from './replay-records.ts';
import { noteRequest } from './request-facts.ts';

const pay = makeTool('shop/pay', {
  effects: ['write'],
  properties: { amount: { type: 'integer' } },
  required: ['amount'],
});
const permitAll = 'permit (principal, action, resource);';

describe('a replay', () => {
  let stored: TestStore;
  let house: TestHouse;
  let agent: TestAgent;
  let context: ReplayContext;
  let task: string;
  let made = 0;

  beforeAll(async () => {
    stored = await openTestStore();
    house = await createTestHouse(stored.store);
    agent = await house.makeAgent('payer');
    ({ id: task } = await openTask(house.context, agent.actor, {
      delegationId: agent.delegation.id,
      purpose: 'pay',
    }));
    const config = { tokens: { unbound: 'step_up' } };
    context = { ...house.context, config, upstreams: makeUpstreams([pay]) } as unknown as ReplayContext;
  });
  afterAll(() => stored.remove());

  /** As the path records a call. */
  async function record(
    given: JsonObject,
    effect: string,
    more: { readonly facts?: object; readonly digest?: string; readonly by?: string } = {},
  ): Promise<string> {
    made += 1;
    const base = { at: house.now(), agent: agent.id, task, action: `act_${made}`, upstream: 'shop' } as const;
    const intent: LedgerRecord = {
      ...base,
      ...{ id: `rec_i${made}`, kind: 'action.intent', causes: [], tool: 'pay' },
      body: {
        ...{ arguments: given, dataDomain: 'shop', effects: ['write'], operation: 'call', target: 'pay' },
        toolDigest: more.digest ?? pay.digest,
      },
    };
    const decision: LedgerRecord = {
      ...intent,
      ...{ id: `rec_d${made}`, kind: 'action.decision', causes: [intent.id] },
      body: {
        ...{ decidedBy: more.by ?? 'policy', effect, policies: [], reasons: [] },
        ...(more.facts === undefined ? {} : { facts: more.facts }),
      },
    };
    await stored.store.append([intent, decision]);
    return decision.id;
  }

  const facts = (change: Partial<DecisionRequest> = {}) => ({ ...noteRequest(makeRequest(pay, {}, change)) });
  const replay = async (policies: string, more: object = {}): Promise<Replayed> =>
    replayRecords(context, {
      ...{ from: 0, seconds: 60, against: 'recorded' as const },
      candidates: [await makeBundle(policies, [pay])],
      ...more,
    });

  it('counts what would be otherwise, and what cannot be told', async () => {
    const small = await record({ amount: 5 }, 'allow', { facts: facts() });
    const large = await record({ amount: 500 }, 'deny', { facts: facts() });
    await record({ amount: 5 }, 'allow', { facts: facts(), digest: 'another' });
    await record({ amount: 5 }, 'deny', { facts: facts(), by: 'limits' });
    const found = await replay(
      `${permitAll} forbid (principal, action == Countersign::Action::"shop/pay", resource) when { context.args.amount < 10 };`,
    );
    expect(found.tallies[0]?.read()).toMatchObject({
      ...{ newlyAllowed: 1, newlyDenied: 1, newlyAsking: 0, unchanged: 0 },
      rows: [
        { agent: agent.id, tool: 'shop/pay', examples: { newlyAllowed: [large], newlyDenied: [small] } },
      ],
    });
    expect(found).toMatchObject({ decisions: 4, byLimits: 1, notRebuilt: { tool_changed: 1 }, next: null });
  });

  it('asks a person where a token proves nothing, as the path does', async () => {
    const id = await record({ amount: 7 }, 'allow', { facts: facts({ binding: 'none' }) });
    const { tallies } = await replay(permitAll);
    expect(tallies[0]?.read().rows[0]?.examples.newlyAsking).toEqual([id]);
  });

  it('is for those who may read policies and evidence', async () => {
    const refused = expect.objectContaining({ code: 'person.forbidden' });
    for (const actor of [house.approver, house.owner, agent.actor]) {
      await expect(replayPolicies(context, actor, { version: 'active' })).rejects.toEqual(refused);
      await expect(explainDecision(context, actor, { id: 'rec_d1' })).rejects.toEqual(refused);
      await expect(writeExample(context, actor, { id: 'rec_d1' })).rejects.toEqual(refused);
    }
  });

  it('guesses no fact that is not recorded', async () => {
    await record({ amount: 8 }, 'allow');
    const reads = (what: string) =>
      replay(
        `${permitAll} forbid (principal, action == Countersign::Action::"shop/pay", resource) when { ${what} };`,
      );
    const history = await reads('context.args.amount == 8 && context.task.facts.denials > 3');
    expect(history.notRebuilt).toMatchObject({ 'unknown: context.task.facts': 1 });
    const used = await reads('context.args.amount == 8 && context.task.rows > 3');
    expect(Object.values(used.notRebuilt)).toContain(1);
    const today = await reads('context.args.amount == 8 && context.today.agentCalls > 3');
    expect(today.notRebuilt).toMatchObject({ 'unknown: context.today': 1 });
  });

  it('goes on where it stopped, and counts everything once', async () => {
    for (let index = 0; index < 700; index += 1) await record({ amount: index }, 'deny', { facts: facts() });
    const whole = await replay(permitAll);
    let [decisions, newlyAllowed, parts] = [0, 0, 0];
    for (let before: string | null | undefined; before !== null; parts += 1) {
      const part: Replayed = await replay(permitAll, {
        seconds: 0,
        ...(before === undefined ? {} : { before }),
      });
      decisions += part.decisions;
      newlyAllowed += part.tallies[0]?.read().newlyAllowed ?? 0;
      before = part.next;
    }
    expect(parts).toBeGreaterThan(2);
    expect(decisions).toBe(whole.decisions);
    expect(newlyAllowed).toBe(whole.tallies[0]?.read().newlyAllowed);
  });

  it('rebuilds the very request that was decided', async () => {
    const history = new TaskHistory(task);
    history.note([{ kind: 'tool', name: 'shop/pay' }]).settle(true);
    history.noteDenial().settle(true);
    const known = await context.agents.get(agent.id);
    const request = makeRequest(
      pay,
      { amount: 9 },
      {
        agent: { ...known, groups: ['payers'], ownerRoles: ['owner', 'finance'] },
        risks: new Map([[known.ownerId, 'medium']]),
        task: { ...makeRequest(pay).task, history, usage: { calls: 4, spendMinor: 3, rows: 2, bytes: 1 } },
      },
    );
    const id = await record({ amount: 9 }, 'allow', { facts: noteRequest(request) });
    const records = house.records.filter((one) => one.id === id || one.id === id.replace('_d', '_i'));
    const [intent, decision] = records.map((one) => ({ ...one, seq: 0, erased: false }));
    if (intent === undefined || decision === undefined) throw new Error('it was recorded');
    const rebuilt = await new RequestRebuilder(context).rebuild({ intent, decision });
    if (!rebuilt.ok) throw new Error(rebuilt.reason);
    expect(rebuilt.assumed).toEqual([]);
    expect(noteRequest(rebuilt.request)).toEqual(noteRequest(request));
    const { agent: again, arguments: given, effects, tool, task: put } = rebuilt.request;
    expect({ again, given, effects, tool }).toMatchObject({
      ...{ again: request.agent, given: { amount: 9 }, effects: ['write'], tool: pay },
    });
    expect(put).toMatchObject({ id: task, purpose: 'pay', chainIds: [agent.delegation.id] });
    const erased = await new RequestRebuilder(context).rebuild({
      intent: { ...intent, erased: true },
      decision,
    });
    expect(erased).toEqual({ ok: false, reason: 'erased' });
  });
});
