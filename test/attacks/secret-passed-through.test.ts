import { describe, expect, it } from 'vitest';
import { SECRET, useGround } from './ground/use-ground.ts';

describe('secret.passed-through', () => {
  const ground = useGround();
  const headers = {
    cookie: 'session=1',
    'x-forwarded-user': 'admin',
    'x-api-key': 'the own one of the agent',
  };

  it('lands at the upstream of a naive gateway', async () => {
    const { naive } = ground();
    await naive.call('echo', { text: 'hi' }, { headers });
    expect(naive.upstream.journal.calls()[0]?.headers).toMatchObject({
      authorization: `DPoP ${naive.token}`,
      'x-forwarded-user': 'admin',
    });
  });

  it('stays here: the upstream sees the credential of the gateway and no other', async () => {
    const { here } = ground();
    await here.call('echo', { text: 'hi' }, { headers });
    const [call] = here.upstream.journal.calls();
    expect(call?.headers['x-api-key']).toBe(SECRET);
    for (const name of ['authorization', 'dpop', 'cookie', 'x-forwarded-user']) {
      expect(call?.headers).not.toHaveProperty(name);
    }
    expect(JSON.stringify(call)).not.toContain(here.token);
  });
});
