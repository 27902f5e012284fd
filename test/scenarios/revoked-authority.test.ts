import type { HttpReply, TestGateway } from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { startWaitingUpstream } from './ground/start-waiting-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const PATIENCE = { patienceMilliseconds: 15_000 };
const scene = useScene({ upstream: startWaitingUpstream });

interface Case {
  readonly what: string;
  /** Ends it, as a person would. */
  readonly end: (gateway: TestGateway, caller: Caller, owner: string) => Promise<HttpReply>;
  /** What the next call is refused with, before and after a restart. */
  readonly refusal: string;
}

const CASES: readonly Case[] = [
  {
    what: 'token',
    end: (gateway, { token }) => gateway.operator('POST', `/v1/tokens/${decodeJwt(token).jti}/revoke`, {}),
    refusal: 'token.revoked',
  },
  {
    what: 'delegation',
    end: (gateway, { delegation }) => gateway.operator('POST', `/v1/delegations/${delegation}/revoke`, {}),
    refusal: 'task.not_open',
  },
  {
    what: 'task',
    end: (gateway, { task }) => gateway.operator('POST', `/v1/tasks/${task}/end`, {}),
    refusal: 'task.not_open',
  },
  {
    what: 'agent',
    end: (gateway, { agentId }) =>
      gateway.operator('POST', `/v1/agents/${agentId}/suspend`, { reason: 'A drill' }),
    refusal: 'agent.not_active',
  },
  {
    what: 'key',
    end: (gateway, { agentId, agent }) =>
      gateway.operator('POST', `/v1/agents/${agentId}/keys/${agent.key.thumbprint}/retire`, {}),
    refusal: 'token.invalid',
  },
  {
    what: 'person',
    end: (gateway, _caller, owner) =>
      gateway.operator('POST', `/v1/people/${owner}/suspend`, { reason: 'A drill' }),
    refusal: 'agent.not_active',
  },
];

async function enrol(): Promise<{ readonly caller: Caller; readonly owner: string }> {
  const { gateway, url } = scene();
  const owner = await gateway.invite('Somebody with an agent', ['owner']);
  return { caller: createCaller(await gateway.enrol({ owner }), url), owner: owner.id };
}

const ended: { readonly what: string; readonly caller: Caller; readonly refusal: string }[] = [];
let kept: Caller | undefined;

describe('token.revoked-at-once', () => {
  it.each(CASES)('$what: the call in flight is cut, and the next one goes nowhere', async (one) => {
    const { gateway, upstream } = scene();
    kept ??= (await enrol()).caller;
    const { caller, owner } = await enrol();
    const waits = upstream.journal.calls('wait').length;
    const waiting = caller.call('wait', {}, PATIENCE);
    await expect.poll(() => upstream.journal.calls('wait').length).toBe(waits + 1);
    const abandoned = upstream.abandoned();
    requireDone(await one.end(gateway, caller, owner));
    expect(isResult(await waiting)).toBe(false);
    await expect.poll(() => upstream.abandoned()).toBe(abandoned + 1);
    const before = upstream.journal.calls().length;
    expect(readRefusal(await caller.call('echo', { text: 'again' }))).toBe(one.refusal);
    expect(upstream.journal.calls()).toHaveLength(before);
    expect(isResult(await kept.call('echo', { text: 'somebody else' }))).toBe(true);
    ended.push({ what: one.what, caller, refusal: one.refusal });
  });
});

describe('token.revoked-after-restart', () => {
  it('what ended before a restart has ended after it, and what had not goes on', async () => {
    const { gateway, upstream } = scene();
    await gateway.restart();
    const before = upstream.journal.calls().length;
    expect(ended.map(({ what }) => what)).toEqual(CASES.map(({ what }) => what));
    for (const { caller, refusal, what } of ended) {
      expect([what, readRefusal(await caller.call('echo', { text: 'still?' }))]).toEqual([what, refusal]);
    }
    expect(upstream.journal.calls()).toHaveLength(before);
    expect(kept && isResult(await kept.call('echo', { text: 'somebody else' }))).toBe(true);
  });
});
