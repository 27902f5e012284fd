import { startHungUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('signal.in-flight', () => {
  const ground = useGround({ upstream: () => startHungUpstream({ after: 'headers' }) });

  it('goes on at a naive gateway after the agent was stopped', async () => {
    const { naive } = ground();
    const call = naive.call('echo', { text: 'hi' }, { patienceMilliseconds: 3_000 });
    await expect.poll(() => naive.forwarded()).toBe(1);
    naive.gateway.stop(naive.agent.agentId);
    expect((await call).body).toBe('too late');
  });

  it('is cut here, the next call is refused, and the record says what was cut', async () => {
    const { here } = ground();
    const call = here.call('echo', { text: 'hi' }, { patienceMilliseconds: 10_000 });
    await expect.poll(() => here.forwarded()).toBe(1);
    const stop = { scope: 'agent', target: here.agent.agentId, reason: 'A test' };
    const stopped = await here.gateway.operator('POST', '/v1/signals', stop);
    expect(stopped.status, stopped.body).toBeLessThan(300);
    expect(readRefusal(await call)).toBe('signal.stopped');
    expect(readRefusal(await here.call('echo', { text: 'again' }))).toBe('signal.stopped');
    expect(here.forwarded()).toBe(1);
    const [record] = await here.gateway.records({ kind: 'signal.stopped' });
    expect(JSON.stringify(record)).toContain('act_');
  });
});
