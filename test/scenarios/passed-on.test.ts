import { type EnrolledAgent, type HttpReply, toolCall } from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { enrolHelper, type Helper } from './ground/enrol-chain.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { startWaitingUpstream } from './ground/start-waiting-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const PATIENCE = { patienceMilliseconds: 15_000 };
const ASK_AT_SECOND_HAND = `
@id("all")
permit (principal, action, resource);

@id("ask-at-second-hand")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action in Countersign::Action::"effect:spend", resource)
when { context.chain has giver && context.chain.giver.name like "router-*" };
`;
const scene = useScene({ upstream: startWaitingUpstream, policy: ASK_AT_SECOND_HAND });
let made = 0;

interface Line {
  readonly planner: EnrolledAgent;
  readonly router: Helper;
  readonly worker: Helper;
}

/** A person, and three agents: each helps the one before. */
async function enrolLine({ calls = 40 }: { calls?: number } = {}): Promise<Line> {
  const { gateway } = scene();
  made += 1;
  const planner = await gateway.enrol({
    name: `planner-${made}`,
    limits: { depth: 2, calls },
  });
  const router = await enrolHelper(gateway, planner, { name: `router-${made}`, limits: { depth: 1 } });
  const worker = await enrolHelper(gateway, router, {
    name: `worker-${made}`,
    limits: { calls: Math.min(calls, 30) },
  });
  return { planner, router, worker };
}

const as = (enrolled: EnrolledAgent) => createCaller(enrolled, scene().url);

describe('delegation.passed-on', () => {
  it('lets the third agent work for the first, with the whole chain in every record', async () => {
    const { gateway } = scene();
    const { planner, router, worker } = await enrolLine();
    const agents = [planner.agent.agentId, router.agentId, worker.agentId];
    const chain = [planner.delegation, router.delegation, worker.delegation];
    expect(decodeJwt(worker.token)).toMatchObject({
      sub: planner.agent.agentId,
      chain,
      act: { sub: worker.agentId, act: { sub: router.agentId } },
    });
    expect(isResult(await as(worker).call('echo', { text: 'from far away' }))).toBe(true);
    const evidence = await readEvidence(gateway, { agent: worker.agentId });
    for (const record of [evidence.intent, evidence.decision, evidence.outcome]) {
      expect(record).toMatchObject({ agent: worker.agentId, agents, chain, task: worker.task });
      expect(record.person).toBe(gateway.administrator.id);
    }
    // What was done on its authority is found under the first agent, and anybody can follow it back to the person.
    const found = await gateway.records({ id: planner.agent.agentId, kind: 'action.outcome' });
    expect(found.map(({ id }) => id)).toContain(evidence.outcome.id);
    const exported = await gateway.exportLedger();
    const plain = exported.map((line) => line.replaceAll('\\"', '"'));
    expect(plain.some((line) => line.includes(JSON.stringify(agents)))).toBe(true);
    const opened = await waitForRecord(gateway, 'task.opened', { task: worker.task });
    const subject = await waitForRecord(gateway, 'task.opened', { task: router.task });
    expect(opened.causes).toContain(subject.id);
  });

  it('shows the whole chain to who approves, with what was dropped on the way, and has them sign it', async () => {
    const { gateway } = scene();
    const { planner, router, worker } = await enrolLine();
    const approver = await gateway.invite('Somebody who approves', ['approver']);
    const asked = await as(worker).call('pay', { to: 'DE00 1234', amount: 1200, currency: 'EUR' });
    expect(asked.body).toContain('PENDING apr_');
    const [approval] = requireDone<{ items: readonly { id: string }[] }>(
      await approver.request('GET', '/v1/approvals'),
    ).items;
    const path = `/v1/approvals/${approval?.id}`;
    const whole = requireDone<Approval>(await approver.request('GET', path));
    expect(JSON.parse(whole.signedAction)).toMatchObject({
      agents: [planner.agent.agentId, router.agentId, worker.agentId],
      chain: [planner.delegation, router.delegation, worker.delegation],
    });
    expect(whole.presented.chain.map(({ from, to }) => [from, to])).toEqual([
      [expect.any(String), `planner-${made}`],
      [`planner-${made}`, `router-${made}`],
      [`router-${made}`, `worker-${made}`],
    ]);
    expect(whole.presented.chain[2]?.dropped).toContain('At most 30 calls instead of 40.');
    const page = await approver.request('GET', `/approvals/${approval?.id}`);
    expect(page.body).toContain('At most 30 calls instead of 40.');
    requireDone(await approver.decide(approval?.id ?? '', 'approve'));
    expect(isResult(await as(worker).call('pay', { to: 'DE00 1234', amount: 1200, currency: 'EUR' }))).toBe(
      true,
    );
  });
});

interface Approval {
  readonly signedAction: string;
  readonly presented: {
    readonly chain: readonly { from: string; to: string; dropped?: readonly string[] }[];
  };
}

/** Starts a call of the last agent that hangs at the upstream. */
async function startWaiting(worker: Helper): Promise<{ readonly reply: Promise<HttpReply> }> {
  const { upstream } = scene();
  const before = upstream.journal.calls('wait').length;
  const reply = as(worker).call('wait', {}, PATIENCE);
  await expect.poll(() => upstream.journal.calls('wait').length).toBe(before + 1);
  return { reply };
}

describe('delegation.cut-in-flight', () => {
  it.each<readonly [string, string, (line: Line) => Promise<HttpReply>]>([
    [
      'the first agent takes back what it passed on',
      'delegation.not_active',
      async ({ planner, router }) => {
        const url = `${scene().gateway.url}/v1/delegations/${router.delegation}/revoke`;
        return planner.agent.send({ url, token: await planner.agent.token(), message: {} });
      },
    ],
    [
      'the person revokes the first delegation',
      'delegation.not_active',
      ({ planner }) => scene().gateway.operator('POST', `/v1/delegations/${planner.delegation}/revoke`),
    ],
    [
      'the agent in the middle is suspended',
      'agent.not_active',
      ({ router }) => scene().gateway.operator('POST', `/v1/agents/${router.agentId}/suspend`),
    ],
    ['the first task ends', 'task.not_open', ({ planner }) => planner.agent.endTask(planner.task)],
    [
      'the agent in the middle is stopped',
      'signal.stopped',
      ({ router }) => {
        const stop = { scope: 'agent', target: router.agentId, reason: 'Drill' };
        return scene().gateway.operator('POST', '/v1/signals', stop);
      },
    ],
  ])('when %s', async (_name, code, cut) => {
    const { gateway, upstream } = scene();
    const [line, other] = [await enrolLine(), await enrolLine()];
    const abandoned = upstream.abandoned();
    const waiting = await startWaiting(line.worker);
    const beside = await startWaiting(other.worker);
    requireDone(await cut(line));
    expect(readRefusal(await waiting.reply)).toBe(code);
    await expect.poll(() => upstream.abandoned()).toBe(abandoned + 1);
    const { outcome } = await readEvidence(gateway, { agent: line.worker.agentId });
    expect(outcome).toMatchObject({ body: { status: 'cut', code } });
    // What stood on it is over, whoever asks; what did not goes on.
    expect(isResult(await as(line.worker).call('echo', { text: 'again' }))).toBe(false);
    expect(isResult(await as(other.worker).call('echo', { text: 'still here' }))).toBe(true);
    requireDone(await gateway.operator('POST', `/v1/tasks/${other.worker.task}/end`, {}));
    expect(readRefusal(await beside.reply)).toBe('task.not_open');
  });
});

describe('approval.ends-with-its-chain', () => {
  it('cancels what waits for a person, and what was decided but not used', async () => {
    const { gateway } = scene();
    const [line, other] = [await enrolLine(), await enrolLine()];
    const approver = await gateway.invite('Somebody else who approves', ['approver']);
    const payment = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };
    await as(line.worker).call('pay', payment);
    await as(other.worker).call('pay', payment);
    const find = async (agentId: string): Promise<string> => {
      const record = await waitForRecord(gateway, 'approval.requested', { agent: agentId });
      return String(record.approval);
    };
    const [waiting, spared] = [await find(line.worker.agentId), await find(other.worker.agentId)];
    requireDone(await approver.decide(waiting, 'approve'));
    requireDone(await gateway.operator('POST', `/v1/delegations/${line.router.delegation}/revoke`));
    await waitForRecord(gateway, 'approval.cancelled', { agent: line.worker.agentId });
    const stateOf = async (id: string): Promise<string> => {
      const { state } = requireDone<{ state: string }>(await approver.request('GET', `/v1/approvals/${id}`));
      return state;
    };
    expect(await stateOf(waiting)).toBe('cancelled');
    expect(await stateOf(spared)).toBe('requested');
    expect(isResult(await as(line.worker).call('pay', payment))).toBe(false);
  });
});

describe('task.budget-shared', () => {
  const holdersOf = ({ planner, router, worker }: Line) => [planner, router, worker];

  it('spends one budget for all who stand on it, and not one call more, however many race', {
    timeout: 60_000,
  }, async () => {
    const { gateway, upstream } = scene();
    const budget = 13;
    const line = await enrolLine({ calls: budget });
    const before = upstream.journal.calls('echo').length;
    const callers = holdersOf(line).map(as);
    const replies = await Promise.all(
      Array.from({ length: 36 }, (_, n) => {
        const caller = callers[n % callers.length];
        if (caller === undefined) throw new Error('nobody');
        return caller.send(toolCall('echo', { text: `call ${n}` }));
      }),
    );
    expect(replies.filter(isResult)).toHaveLength(budget);
    expect(upstream.journal.calls('echo').length - before).toBe(budget);
    const refused = replies.filter((reply) => !isResult(reply)).map(readRefusal);
    expect(new Set(refused)).toEqual(new Set(['task.budget_spent']));
    const counted = await readUsed(line);
    expect(counted.delegations[0]).toBe(budget);
    expect(counted.tasks[0]).toBe(budget);
    // Each holds what it and those below it did, exactly, and still does after a restart.
    const own = await countDone(line);
    expect(counted.tasks).toEqual([own[0] + own[1] + own[2], own[1] + own[2], own[2]]);
    expect(counted.delegations).toEqual(counted.tasks);
    await gateway.restart();
    expect(await readUsed(line)).toEqual(counted);
    for (const helper of holdersOf(line)) {
      const late = await as({ ...helper, token: await helper.renew() }).call('echo', { text: 'late' });
      expect(readRefusal(late)).toBe('task.budget_spent');
    }
  });

  async function readUsed(line: Line): Promise<{ tasks: number[]; delegations: number[] }> {
    const { gateway } = scene();
    const read = async (path: string): Promise<number> => {
      const { used } = requireDone<{ used: { calls: number } }>(await gateway.operator('GET', path));
      return used.calls;
    };
    const tasks: number[] = [];
    const delegations: number[] = [];
    for (const { task, delegation } of holdersOf(line)) {
      tasks.push(await read(`/v1/tasks/${task}`));
      delegations.push(await read(`/v1/delegations/${delegation}`));
    }
    return { tasks, delegations };
  }

  async function countDone(line: Line): Promise<[number, number, number]> {
    const { gateway } = scene();
    const counts: number[] = [];
    for (const { agent } of holdersOf(line)) {
      // A search for an agent finds what was done on its authority, too.
      const found = await gateway.records({ kind: 'action.outcome', agent: agent.agentId });
      counts.push(found.filter((record) => record.agent === agent.agentId).length);
    }
    const [first = 0, second = 0, third = 0] = counts;
    return [first, second, third];
  }
});
