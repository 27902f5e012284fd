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

describe('secret.echo', () => {
  const ground = useGround({ upstream: () => startEchoingUpstream({ header: 'x-api-key' }) });
  const heard = ({ body, headers }: { body: string; headers: object }) => {
    const all = (JSON.stringify(headers) + body).toLowerCase();
    return disguises.filter((disguise) => all.includes(disguise.toLowerCase()));
  };

  it.each(ECHO_FORMS)('reaches the agent through a naive gateway: %s', async (form) => {
    expect(heard(await ground().naive.call('echo', { text: form }))).not.toEqual([]);
  });

  it.each(ECHO_FORMS)('does not reach the agent here, and is in no record: %s', async (form) => {
    const { here } = ground();
    expect(heard(await here.call('echo', { text: form }))).toEqual([]);
    expect(here.upstream.journal.calls().at(-1)).toMatchObject({ arguments: { text: form } });
    const records = JSON.stringify(await here.gateway.records({ agent: here.agent.agentId }));
    expect(heard({ body: records, headers: {} })).toEqual([]);
  });
});
