import { ECHO_FORMS, startEchoingUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { SECRET, useGround } from './ground/use-ground.ts';

const disguises = [
  SECRET,
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('base64url'),
  Buffer.from(SECRET).toString('hex'),
  [...SECRET].reverse().join(''),
  [...Buffer.from(SECRET)].map((byte) => `%${byte.toString(16)}`).join(''),
];

describe.each(ECHO_FORMS)('secret.echo: %s', (form) => {
  const ground = useGround({ upstream: () => startEchoingUpstream({ form, header: 'x-api-key' }) });
  const heard = ({ body, headers }: { body: string; headers: object }) => {
    const all = (JSON.stringify(headers) + body).toLowerCase();
    return disguises.filter((disguise) => all.includes(disguise.toLowerCase()));
  };

  it('reaches the agent through a naive gateway', async () => {
    expect(heard(await ground().naive.call('echo', { text: 'hi' }))).not.toEqual([]);
  });

  it('does not reach the agent here, and is in no record', async () => {
    const { here } = ground();
    expect(heard(await here.call('echo', { text: 'hi' }))).toEqual([]);
    expect(here.forwarded()).toBe(1);
    const records = JSON.stringify(await here.gateway.records({ agent: here.agent.agentId }));
    expect(heard({ body: records, headers: {} })).toEqual([]);
  });
});
