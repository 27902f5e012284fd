import type { HttpReply, TestGateway } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { startWaitingUpstream } from './ground/start-waiting-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

interface Stopped {
  readonly stop: { readonly id: string };
  readonly cut: readonly string[];
}

const PATIENCE = { patienceMilliseconds: 15_000 };
const scene = useScene({ upstream: startWaitingUpstream });

/** Starts a call that hangs at the upstream. */
async function startWaiting(caller: Caller): Promise<{ readonly reply: Promise<HttpReply> }> {
  const { upstream } = scene();
  const before = upstream.journal.calls('wait').length;
  const reply = caller.call('wait', {}, PATIENCE);
  await expect.poll(() => upstream.journal.calls('wait').length).toBe(before + 1);
  return { reply };
}

async function enrol(gateway: TestGateway): Promise<Caller> {
  const owner = await gateway.invite('Somebody with an agent', ['owner']);
  return createCaller(await gateway.enrol({ owner }), scene().url);
}

/** What each scope names, and how far it must not reach. */
const SCOPES: readonly {
  readonly scope: string;
  readonly target: (caller: Caller, owner: string) => string | undefined;
  readonly spares: 'another agent' | 'another tool' | 'nobody';
}[] = [
  { scope: 'agent', target: ({ agentId }) => agentId, spares: 'another agent' },
  { scope: 'task', target: ({ task }) => task, spares: 'another agent' },
  { scope: 'delegation', target: ({ delegation }) => delegation, spares: 'another agent' },
  { scope: 'owner', target: (_, owner) => owner, spares: 'another agent' },
  { scope: 'tool', target: () => 'shop/wait', spares: 'another tool' },
  { scope: 'upstream', target: () => 'shop', spares: 'nobody' },
  { scope: 'everything', target: () => undefined, spares: 'nobody' },
];

describe('signal.every-scope', () => {
  it.each(SCOPES)('$scope', async ({ scope, target, spares }) => {
    const { gateway, upstream } = scene();
    const owner = await gateway.invite('Owner', ['owner']);
    const caller = createCaller(await gateway.enrol({ owner }), scene().url);
    const bystander = await enrol(gateway);
    const waiting = await startWaiting(caller);
    const abandoned = upstream.abandoned();
    const input = { scope, target: target(caller, owner.id), reason: `Drill of ${scope}` };
    const { stop, cut } = requireDone<Stopped>(await gateway.operator('POST', '/v1/signals', input));

    // The call in flight: its caller is told, its upstream let go, and the record names it.
    expect(readRefusal(await waiting.reply)).toBe('signal.stopped');
    await expect.poll(() => upstream.abandoned()).toBe(abandoned + 1);
    const { outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(outcome).toMatchObject({ body: { status: 'cut', code: 'signal.stopped' } });
    expect(cut).toEqual([outcome.action]);
    const record = await waitForRecord(gateway, 'signal.stopped');
    expect(record).toMatchObject({ body: { stop: stop.id, scope, cut, reason: input.reason } });

    // The next call goes nowhere, and whoever is not meant goes on.
    const before = upstream.journal.calls().length;
    expect(readRefusal(await caller.call('wait', {}, PATIENCE))).toBe('signal.stopped');
    expect(upstream.journal.calls()).toHaveLength(before);
    const refused = await waitForRecord(gateway, 'action.refused', { agent: caller.agentId });
    expect(refused).toMatchObject({ body: { code: 'signal.stopped' } });
    const spared = await bystander.call('echo', { text: 'still here' });
    expect(isResult(spared)).toBe(spares !== 'nobody');
    const other = await caller.call('echo', { text: 'the same agent' });
    expect(isResult(other)).toBe(spares === 'another tool');

    requireDone(await gateway.operator('POST', `/v1/signals/${stop.id}/lift`, { reason: 'Drill over' }));
    expect(isResult(await caller.call('echo', { text: 'again' }))).toBe(true);
    const lifted = await waitForRecord(gateway, 'signal.lifted');
    expect(lifted.causes).toEqual([record.id]);
  });

  it('is in force for new tokens and tasks too', async () => {
    const { gateway, url } = scene();
    const caller = await enrol(gateway);
    const input = { scope: 'agent', target: caller.agentId, reason: 'Drill' };
    requireDone(await gateway.operator('POST', '/v1/signals', input));
    expect((await caller.agent.requestToken({ task: caller.task, resource: [url] })).json).toMatchObject({
      code: 'signal.stopped',
    });
    await expect(caller.agent.openTask({ delegationId: caller.delegation, purpose: 'More' })).rejects.toThrow(
      'signal.stopped',
    );
  });

  it.each([
    [
      'its task is ended by the agent itself',
      'task.not_open',
      (caller: Caller) => caller.agent.endTask(caller.task),
    ],
    [
      'its delegation is revoked',
      'delegation.not_active',
      ({ delegation }: Caller) => scene().gateway.operator('POST', `/v1/delegations/${delegation}/revoke`),
    ],
    [
      'its agent is suspended',
      'agent.not_active',
      ({ agentId }: Caller) => scene().gateway.operator('POST', `/v1/agents/${agentId}/suspend`),
    ],
  ])('cuts a call in flight also when %s', async (_name, code, end) => {
    const { gateway } = scene();
    const caller = await enrol(gateway);
    const waiting = await startWaiting(caller);
    requireDone(await end(caller));
    expect(readRefusal(await waiting.reply)).toBe(code);
    const { outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(outcome).toMatchObject({ body: { status: 'cut', code } });
    const next = await caller.call('echo', { text: 'again' });
    expect(isResult(next)).toBe(false);
    expect(['task.not_open', code]).toContain(readRefusal(next));
  });

  it('cuts the calls of all agents of a person who is suspended', async () => {
    const { gateway } = scene();
    const owner = await gateway.invite('Leaver', ['owner']);
    const callers = [
      createCaller(await gateway.enrol({ owner }), scene().url),
      createCaller(await gateway.enrol({ owner }), scene().url),
    ];
    const waiting: { readonly reply: Promise<HttpReply> }[] = [];
    for (const caller of callers) waiting.push(await startWaiting(caller));
    requireDone(
      await gateway.operator('POST', `/v1/people/${owner.id}/suspend`, { reason: 'Left the company' }),
    );
    for (const { reply } of waiting) expect(readRefusal(await reply)).toBe('agent.not_active');
    const cut = [];
    for (const { agentId } of callers) {
      cut.push((await readEvidence(gateway, { agent: agentId })).outcome.action);
    }
    const suspended = await waitForRecord(gateway, 'person.state_changed', { person: owner.id });
    expect(suspended).toMatchObject({ body: { to: 'suspended', cut } });
    for (const caller of callers) {
      expect(readRefusal(await caller.call('echo', { text: 'again' }))).toBe('agent.not_active');
    }
  });
});
