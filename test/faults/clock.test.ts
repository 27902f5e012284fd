import { verifyExport } from '@countersign/ledger';
import {
  type EnrolledAgent,
  type HttpReply,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type TestPerson,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { markedArguments } from './ground/marks.ts';

const HOUR = 3_600_000;

describe('server.clock-jump', { timeout: 60_000 }, () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let approver: TestPerson;
  let enrolled: EnrolledAgent;
  let url: string;

  beforeEach(async () => {
    upstream = await startPlainUpstream();
    gateway = await startGateway();
    url = await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.activatePolicy(ASK_BEFORE_PAY);
    approver = await gateway.invite('Approver', ['approver']);
    enrolled = await gateway.enrol({ limits: { expiresAt: Date.now() + 24 * HOUR } });
  }, 60_000);
  afterEach(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  function call(
    tool: string,
    tweak: { token?: string; proofs?: readonly string[] } = {},
  ): Promise<HttpReply> {
    const { message, headers } = toolCall(tool, markedArguments(tool, 'c'));
    return enrolled.agent.send({ url, token: enrolled.token, message, headers, ...tweak });
  }

  /** A new task and a token for it, as an agent gets them after any interruption. */
  async function begin(): Promise<string> {
    const { agent, delegation } = enrolled;
    const { id: task } = await agent.openTask({ delegationId: delegation, purpose: 'After a jump' });
    return agent.token({ task, resource: [url] });
  }

  async function expectSoundLedger(): Promise<void> {
    const lines = await gateway.exportLedger();
    const report = await verifyExport(
      (async function* () {
        yield* lines;
      })(),
    );
    expect(report.findings).toEqual([]);
  }

  it('an hour forward ends tokens, tasks and requests for approval, and a new task works', async () => {
    const approval = readAsked(await call('pay'));
    gateway.advance(HOUR);
    expect(readRefusal(await call('echo'))).toBe('token.expired');
    await expect(enrolled.renew()).rejects.toThrow('task.not_open');
    const decided = await approver.decide(approval, 'approve');
    expect(decided.status).toBeGreaterThanOrEqual(400);
    expect(upstream.journal.calls()).toEqual([]);
    expect(isResult(await call('echo', { token: await begin() }))).toBe(true);
    await expectSoundLedger();
  });

  it('an hour forward does not let an approval in that was given before', async () => {
    const approval = readAsked(await call('pay'));
    expect((await approver.decide(approval, 'approve')).status).toBe(200);
    gateway.advance(HOUR);
    await call('pay', { token: await begin() });
    expect(upstream.journal.calls()).toEqual([]);
  });

  it('an hour back gives no token of the time before more time', async () => {
    gateway.advance(2 * HOUR);
    const token = await begin();
    gateway.advance(-HOUR);
    expect(readRefusal(await call('echo', { token }))).toBe('token.invalid');
    expect(upstream.journal.calls()).toEqual([]);
    expect(isResult(await call('echo', { token: await begin() }))).toBe(true);
    await expectSoundLedger();
  });

  it('forward and back again does not let a proof be used twice', async () => {
    const proof = await enrolled.agent.proof({ url, token: enrolled.token });
    expect(isResult(await call('echo', { proofs: [proof] }))).toBe(true);
    gateway.advance(HOUR);
    // Others go on, by whose calls the server notices the hour.
    await begin();
    gateway.advance(-HOUR);
    expect(isResult(await call('echo', { proofs: [proof] }))).toBe(false);
    expect(upstream.journal.calls()).toHaveLength(1);
  });

  it('an hour back revives nothing that has ended', async () => {
    const { agent, delegation } = enrolled;
    gateway.advance(2 * HOUR);
    const { id: task } = await agent.openTask({ delegationId: delegation, purpose: 'To be ended' });
    const token = await agent.token({ task, resource: [url] });
    await agent.endTask(task);
    gateway.advance(-HOUR);
    expect(isResult(await call('echo', { token }))).toBe(false);
    await expect(agent.token({ task, resource: [url] })).rejects.toThrow('task.not_open');
    await gateway.operator('POST', `/v1/delegations/${delegation}/revoke`, {});
    gateway.advance(-HOUR);
    await expect(begin()).rejects.toThrow('delegation.not_active');
    expect(upstream.journal.calls()).toEqual([]);
    await expectSoundLedger();
  });

  it('a few minutes forward cost one demand for a new nonce', async () => {
    gateway.advance(180_000);
    expect(isResult(await call('echo'))).toBe(true);
  });

  it('keeps the order of the ledger through a restart in an earlier hour', async () => {
    await call('echo');
    gateway.advance(-HOUR);
    await gateway.restart();
    expect(isResult(await call('echo', { token: await begin() }))).toBe(true);
    await expectSoundLedger();
    const decisions = await gateway.records({ kind: 'action.decision' });
    const seqs = decisions.map(({ seq }) => Number(seq));
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a));
    expect(Number(decisions[0]?.at)).toBeLessThan(Number(decisions.at(-1)?.at));
  });
});
