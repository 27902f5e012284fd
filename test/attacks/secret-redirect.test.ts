import { startPlainUpstream, startRedirectingUpstream } from '@countersign/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { readRefusal } from './ground/read-refusal.ts';
import { SECRET, useGround } from './ground/use-ground.ts';

const trap = await startPlainUpstream();
afterAll(() => trap.close());

describe('secret.redirect', () => {
  const ground = useGround({ upstream: () => startRedirectingUpstream({ to: trap.url }) });

  it('carries the credential of a naive gateway to another host', async () => {
    await ground().naive.call('echo', { text: 'hi' });
    expect(trap.journal.calls().at(-1)?.headers['x-api-key']).toBe(SECRET);
  });

  it('is not followed here', async () => {
    const before = trap.journal.entries.length;
    const reply = await ground().here.call('echo', { text: 'hi' });
    expect(readRefusal(reply)).toBe('upstream.redirect_refused');
    expect(reply.body).not.toContain(trap.url);
    expect(trap.journal.entries.length).toBe(before);
  });
});
