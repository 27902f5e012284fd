import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, startPlainUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';

const NO_ECHO = `${PERMIT_ALL}
@id("no-echo") forbid (principal, action == Countersign::Action::"shop/echo", resource);`;
const MISTYPED = `${PERMIT_ALL}
forbid (principal, action == Countersign::Action::"shop/pay", resource) when { context.args.amuont > 5 };`;

describe('policy.reload', () => {
  const scene = useScene();

  it('takes effect between two calls of one task', async () => {
    const { gateway, url, upstream } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const filter = { agent: caller.agentId };
    expect(isResult(await caller.call('echo', { text: 'before' }))).toBe(true);
    const before = await readEvidence(gateway, filter);
    const { version } = requireDone<{ version: string }>(await gateway.activatePolicy(NO_ECHO));
    expect(readRefusal(await caller.call('echo', { text: 'after' }))).toBe('action.denied');
    const after = await waitForRecord(gateway, 'action.decision', filter);
    expect(after).toMatchObject({
      policyVersion: version,
      body: { effect: 'deny', policies: ['test:no-echo'] },
    });
    expect(before.decision.policyVersion).not.toBe(version);
    expect(upstream.journal.calls('echo')).toHaveLength(1);
    const activated = await waitForRecord(gateway, 'policy.activated');
    expect(activated).toMatchObject({
      policyVersion: version,
      body: { previous: before.decision.policyVersion },
    });
  });

  it('never goes live when it is mistyped, and says where', async () => {
    const { gateway, url } = scene();
    requireDone(await gateway.activatePolicy(NO_ECHO));
    const caller = createCaller(await gateway.enrol(), url);
    const refused = await gateway.activatePolicy(MISTYPED);
    expect(refused.json).toMatchObject({ code: 'policy.invalid' });
    expect(refused.body).toMatch(/test\.cedar:2:\d+/);
    expect(refused.body).toContain('amuont');
    expect(readRefusal(await caller.call('echo', { text: 'still' }))).toBe('action.denied');
    expect(isResult(await caller.call('pay', { to: 'DE00', amount: 9, currency: 'EUR' }))).toBe(true);
    expect(await waitForRecord(gateway, 'policy.refused')).toMatchObject({ body: { by: 'operator' } });
  });

  it('is whole for every call, however many are under way', async () => {
    const { gateway, url } = scene();
    requireDone(await gateway.activatePolicy(PERMIT_ALL));
    const caller = createCaller(await gateway.enrol(), url);
    const call = (n: number) => caller.call('echo', { text: String(n) });
    expect(isResult(await call(0))).toBe(true);
    const early = Array.from({ length: 20 }, (_, n) => call(n));
    const activating = gateway.activatePolicy(NO_ECHO);
    const late = Array.from({ length: 20 }, (_, n) => call(n));
    const { version } = requireDone<{ version: string }>(await activating);
    await Promise.all([...early, ...late]);
    expect(readRefusal(await call(1))).toBe('action.denied');
    const decisions = await gateway.records({ kind: 'action.decision', agent: caller.agentId });
    expect(decisions).toHaveLength(42);
    for (const { policyVersion, body } of decisions) {
      expect(body).toMatchObject({ effect: policyVersion === version ? 'deny' : 'allow' });
    }
  });

  it('follows its folder, and keeps what is in force while the folder is wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
    const write = (text: string) => writeFileSync(join(folder, 'test.cedar'), text);
    write(PERMIT_ALL);
    const upstream = await startPlainUpstream();
    const gateway = await startGateway({ environment: { COUNTERSIGN_POLICIES_FOLDER: folder } });
    try {
      const url = await gateway.addUpstream('shop', { url: upstream.url });
      const caller = createCaller(await gateway.enrol(), url);
      const call = async () => readRefusal(await caller.call('echo', { text: 'hi' })) ?? 'allowed';
      expect(await call()).toBe('allowed');
      write(NO_ECHO);
      await expect.poll(call, { timeout: 10_000 }).toBe('action.denied');
      write(MISTYPED);
      const refused = await gateway.operator('POST', '/v1/policies/reload');
      expect(refused.json).toMatchObject({ code: 'policy.invalid' });
      expect(await call()).toBe('action.denied');
      // The folder is the only way in, so that what is reviewed there is what is in force.
      expect((await gateway.activatePolicy(PERMIT_ALL)).json).toMatchObject({
        code: 'policy.kept_in_folder',
      });
      write(PERMIT_ALL);
      requireDone(await gateway.operator('POST', '/v1/policies/reload'));
      expect(await call()).toBe('allowed');
    } finally {
      await gateway.stop();
      await upstream.close();
      rmSync(folder, { recursive: true });
    }
  });
});
