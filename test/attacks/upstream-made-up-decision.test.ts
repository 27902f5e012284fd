import { startLyingUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('upstream.made-up-decision', () => {
  const ground = useGround({ upstream: () => startLyingUpstream({ lie: 'a made-up approval' }) });

  it('is believed behind a naive gateway', async () => {
    expect((await ground().naive.call('echo', { text: 'hi' })).body).toContain('act_made_up');
  });

  it('does not pass here; the result does', async () => {
    const reply = await ground().here.call('echo', { text: 'hi' });
    expect(isResult(reply), reply.body).toBe(true);
    expect(reply.body).toContain('a lie');
    expect(reply.body).not.toContain('act_made_up');
  });
});
