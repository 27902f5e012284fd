import { verifyExport } from '@countersign/ledger';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { requireDone, SECRET, useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });

describe('server.restart', () => {
  let caller: Caller;
  let stopped: Caller;
  let approved: string;
  let open: string;
  let proof: string;
  let policyVersion: unknown;

  beforeAll(async () => {
    const { gateway, url } = scene();
    caller = createCaller(await gateway.enrol({ limits: { calls: 5 } }), url);
    stopped = createCaller(await gateway.enrol(), url);
    expect(isResult(await caller.call('echo', { text: 'before' }))).toBe(true);
    approved = readAsked(await caller.call('pay', PAYMENT));
    requireDone(await gateway.administrator.decide(approved, 'approve'));
    open = readAsked(await caller.call('pay', { ...PAYMENT, amount: 5 }));
    const stop = { scope: 'agent', target: stopped.agentId, reason: 'Before the restart' };
    requireDone(await gateway.operator('POST', '/v1/signals', stop));
    ({ policyVersion } = (
      await readEvidence(gateway, { agent: caller.agentId, tool: 'shop/echo' })
    ).decision);
    proof = await caller.agent.proof({ url, token: caller.token });
    await gateway.restart();
  }, 120_000);

  it('makes every proof made before it worthless', async () => {
    const reply = await caller.call('echo', { text: 'replayed' }, { proofs: [proof] });
    expect(reply.status).toBe(401);
    expect(readRefusal(reply)).toBe('token.proof_nonce_needed');
  });

  it('leaves the agent its token, task, budget and pinned tools, and the upstream its key', async () => {
    const { gateway, upstream } = scene();
    expect(isResult(await caller.call('echo', { text: 'after' }))).toBe(true);
    expect(upstream.journal.calls('echo').at(-1)?.headers['x-api-key']).toBe(SECRET);
    const { intent, decision } = await readEvidence(gateway, { agent: caller.agentId, tool: 'shop/echo' });
    expect(decision.policyVersion).toBe(policyVersion);
    const opened = await waitForRecord(gateway, 'task.opened', { task: caller.task });
    expect(intent.causes).toEqual([opened.id]);
    const { json } = await gateway.operator('GET', `/v1/tasks/${caller.task}`);
    expect(json).toMatchObject({ state: 'open', used: { calls: 2 } });
  });

  it('lets an approved call go, once, and still asks for the other', async () => {
    const { gateway, upstream } = scene();
    expect(isResult(await caller.call('pay', PAYMENT))).toBe(true);
    expect(upstream.journal.calls('pay').map(({ arguments: given }) => given)).toEqual([PAYMENT]);
    const { release } = await readEvidence(gateway, { agent: caller.agentId, tool: 'shop/pay' });
    expect(release).toMatchObject({ approval: approved });
    expect(readAsked(await caller.call('pay', PAYMENT))).not.toBe(approved);
    expect(readAsked(await caller.call('pay', { ...PAYMENT, amount: 5 }))).toBe(open);
    // The person's session outlives it too.
    requireDone(await gateway.administrator.decide(open, 'approve'));
    expect(isResult(await caller.call('pay', { ...PAYMENT, amount: 5 }))).toBe(true);
  });

  it('goes on counting where it was', async () => {
    expect(isResult(await caller.call('echo', { text: 'the fifth' }))).toBe(true);
    expect(readRefusal(await caller.call('echo', { text: 'the sixth' }))).toBe('task.budget_spent');
  });

  it('keeps who was stopped stopped', async () => {
    expect(readRefusal(await stopped.call('echo', { text: 'hi' }))).toBe('signal.stopped');
  });

  it('goes on with the same ledger, which verifies across it', async () => {
    const { gateway } = scene();
    const lines = await gateway.exportLedger();
    async function* stream() {
      yield* lines;
    }
    expect(await verifyExport(stream())).toMatchObject({ valid: true, findings: [] });
    const lives = (await gateway.records()).filter(({ kind }) => kind.startsWith('server.'));
    expect(lives.map(({ kind }) => kind)).toEqual(['server.started', 'server.stopped', 'server.started']);
  });
});
