import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';

const TRIED = `${PERMIT_ALL}
@id("no-echo") @mode("warn") forbid (principal, action == Countersign::Action::"shop/echo", resource);`;

describe('policy.modes', () => {
  const scene = useScene();

  it('tries a policy out, tells agent and owner, and enforces it once a person has signed that', async () => {
    const { gateway, url } = scene();
    requireDone(await gateway.activatePolicy(TRIED));
    const caller = createCaller(await gateway.enrol(), url);
    const reply = await caller.call('echo', { text: 'hi' });
    expect(isResult(reply)).toBe(true);
    expect(reply.json).toMatchObject({
      result: { _meta: { 'countersign/notice': [expect.stringContaining('would have refused')] } },
    });
    expect(reply.body).not.toContain('no-echo');
    const decision = await waitForRecord(gateway, 'action.decision', { agent: caller.agentId });
    expect(decision.body).toMatchObject({
      effect: 'allow',
      observed: [{ policyId: 'test:no-echo', mode: 'warn', would: 'deny' }],
    });
    const warned = await waitForRecord(gateway, 'policy.warned');
    expect(warned).toMatchObject({
      causes: [decision.id],
      body: { policies: [{ policyId: 'test:no-echo' }] },
    });

    const change = { policyId: 'test:no-echo', mode: 'enforce', reason: 'nobody needed it' };
    const { id } = requireDone<{ id: string }>(await gateway.operator('POST', '/v1/policies/modes', change));
    const path = `/v1/policies/modes/${id}`;
    expect((await gateway.operator('POST', `${path}/challenge`, {})).json).toMatchObject({
      code: 'person.forbidden',
    });
    const { administrator } = gateway;
    const page = await administrator.request('GET', `/policies/modes/${id}`);
    expect([page.status, page.body.includes('nobody needed it')]).toEqual([200, true]);
    const { challenge } = requireDone<{ challenge: string }>(
      await administrator.request('POST', `${path}/challenge`, {}),
    );
    const assertion = administrator.passkey.assert(challenge);
    requireDone(await administrator.request('POST', `${path}/switch`, { assertion }));
    expect(readRefusal(await caller.call('echo', { text: 'again' }))).toBe('action.denied');
    expect(await waitForRecord(gateway, 'policy.mode_switched')).toMatchObject({
      body: { policy: 'test:no-echo', from: 'warn', to: 'enforce' },
    });
  });
});
