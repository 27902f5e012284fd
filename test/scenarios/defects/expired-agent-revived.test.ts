import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../../attacks/ground/read-refusal.ts';
import { createCaller } from '../ground/create-caller.ts';
import { requireDone, useScene } from '../ground/use-scene.ts';

describe('defect.expired-agent-revived', () => {
  const scene = useScene();

  it('revives no authority by using it: what has expired stays so', async () => {
    const { gateway, upstream, url } = scene();
    const seconds = 2;
    const expiresAt = Date.now() + seconds * 1000;
    const caller = createCaller(await gateway.enrol({ limits: { expiresAt } }), url);
    expect(isResult(await caller.call('echo', { text: 'in time' }))).toBe(true);
    gateway.advance((seconds + 1) * 1000);
    const arrived = upstream.journal.calls().length;
    for (let n = 0; n < 3; n += 1) {
      expect(isResult(await caller.call('echo', { text: 'late' }))).toBe(false);
      await expect(caller.renew()).rejects.toThrow();
      await expect(
        caller.agent.openTask({ delegationId: caller.delegation, purpose: 'Once more' }),
      ).rejects.toThrow();
    }
    expect(upstream.journal.calls()).toHaveLength(arrived);
  });

  it('revives no suspended agent by its own call', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    requireDone(await gateway.operator('POST', `/v1/agents/${caller.agentId}/suspend`, {}));
    for (let n = 0; n < 3; n += 1) {
      expect(readRefusal(await caller.call('echo', { text: 'hi' }))).toMatch(/^(agent|task)\.not_/);
    }
    const { state } = requireDone<{ state: string }>(
      await gateway.operator('GET', `/v1/agents/${caller.agentId}`),
    );
    expect(state).toBe('suspended');
  });
});
