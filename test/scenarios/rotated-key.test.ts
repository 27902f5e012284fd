import { createRawAgent, type HttpReply, makeAgentKey, sendHttp } from '@countersign/testkit';
import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const OVERLAP_SECONDS = 120;
const scene = useScene();
let offset = 0;

function wait(seconds: number): void {
  scene().gateway.advance(seconds * 1000);
  offset += seconds * 1000;
}

const echo = (caller: Caller): Promise<HttpReply> => caller.call('echo', { text: 'hi' });

/** The same agent, in the same task, with another of its keys. */
async function withKey(caller: Caller, key: Caller['agent']['key']): Promise<Caller> {
  const { gateway, url } = scene();
  const now = () => Date.now() + offset;
  const agent = createRawAgent({ issuer: gateway.url, agentId: caller.agentId, key, now });
  const renew = () => agent.token({ task: caller.task, resource: [url] });
  return createCaller({ ...caller, agent, renew, token: await renew() }, url);
}

describe('agent.rotation', () => {
  it('works with both keys until the overlap ends, then with the new one alone', async () => {
    const { gateway, url } = scene();
    const old = createCaller(await gateway.enrol(), url);
    const { agentId } = old;
    const key = await makeAgentKey('EdDSA');
    const rotation = { jwk: key.publicJwk, overlapSeconds: OVERLAP_SECONDS };
    requireDone(await gateway.operator('POST', `/v1/agents/${agentId}/keys`, rotation));
    const fresh = await withKey(old, key);

    expect(isResult(await echo(old))).toBe(true);
    const before = await readEvidence(gateway, { agent: agentId });
    expect(isResult(await echo(fresh))).toBe(true);
    const after = await readEvidence(gateway, { agent: agentId });
    expect([before.intent.key, after.intent.key]).toEqual([old.agent.key.thumbprint, key.thumbprint]);
    // What the old key still gets lasts no longer than the key.
    const { expires_in } = requireDone<{ expires_in: number }>(
      await old.agent.requestToken({ task: old.task, resource: [url] }),
    );
    expect(expires_in).toBeLessThanOrEqual(OVERLAP_SECONDS);
    const token = await old.renew();

    wait(OVERLAP_SECONDS + 1);
    for (const held of [old.token, token]) {
      const refused = await createCaller({ ...old, token: held }, url).call('echo', { text: 'late' });
      expect(['token.invalid', 'token.expired']).toContain(readRefusal(refused));
    }
    const asked = await old.agent.requestToken({ task: old.task, resource: [url] });
    expect(asked.json).toMatchObject({ error: 'invalid_client' });
    expect(isResult(await echo(fresh))).toBe(true);

    const added = await waitForRecord(gateway, 'agent.key_added', { agent: agentId });
    expect(added).toMatchObject({ key: key.thumbprint, body: { replaces: [old.agent.key.thumbprint] } });
    const registered = await waitForRecord(gateway, 'agent.registered', { agent: agentId });
    expect(added.causes).toEqual([registered.id]);
  });

  it('ends a stolen key at once when it is retired', async () => {
    const { gateway, url } = scene();
    const old = createCaller(await gateway.enrol(), url);
    const key = await makeAgentKey();
    requireDone(await gateway.operator('POST', `/v1/agents/${old.agentId}/keys`, { jwk: key.publicJwk }));
    const stolen = old.agent.key.thumbprint;
    const path = `/v1/agents/${old.agentId}/keys/${stolen}/retire`;
    requireDone(await gateway.operator('POST', path, { reason: 'Found in a public repository' }));
    expect(readRefusal(await echo(old))).toBe('token.invalid');
    const asked = await old.agent.requestToken({ task: old.task, resource: [url] });
    expect(asked.json).toMatchObject({ error: 'invalid_client' });
    // Its tasks ended with it; the other key opens a new one.
    const now = () => Date.now() + offset;
    const agent = createRawAgent({ issuer: gateway.url, agentId: old.agentId, key, now });
    const { id: task } = await agent.openTask({ delegationId: old.delegation, purpose: 'After the theft' });
    const token = await agent.token({ task, resource: [url] });
    expect(isResult(await echo(createCaller({ ...old, agent, task, token }, url)))).toBe(true);
  });
});

describe('token.rotation', () => {
  const rotate = (revokeEarlier: boolean) =>
    scene().gateway.operator('POST', '/v1/tokens/keys/rotate', { revokeEarlier });
  const readKeys = async (): Promise<readonly string[]> => {
    const { json } = await sendHttp({ method: 'GET', url: `${scene().gateway.url}/oauth/jwks` });
    return (json as { keys: readonly { kid: string }[] }).keys.map(({ kid }) => kid);
  };

  it('signs with the new key, and refuses no live token', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const { kid: earlier } = decodeProtectedHeader(caller.token);
    const { kid } = requireDone<{ kid: string }>(await rotate(false));
    expect(kid).not.toBe(earlier);
    expect(isResult(await echo(caller))).toBe(true);
    const token = await caller.renew();
    expect(decodeProtectedHeader(token).kid).toBe(kid);
    expect(isResult(await echo(createCaller({ ...caller, token }, url)))).toBe(true);
    expect(await readKeys()).toEqual(expect.arrayContaining([earlier, kid]));
    // By then every token that it signed has expired.
    wait(306);
    const later = await readKeys();
    expect(later).toContain(kid);
    expect(later).not.toContain(earlier);
    const record = await waitForRecord(gateway, 'token.keys_rotated');
    expect(record).toMatchObject({ body: { by: 'operator', kid, retired: [earlier] } });
  });

  it('ends every live token when the key was stolen', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    expect(isResult(await echo(caller))).toBe(true);
    requireDone(await rotate(true));
    expect(readRefusal(await echo(caller))).toBe('token.invalid');
    const token = await caller.renew();
    expect(isResult(await echo(createCaller({ ...caller, token }, url)))).toBe(true);
  });
});
