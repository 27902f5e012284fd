import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, startPlainUpstream, type TestGateway, type Upstream } from '@countersign/testkit';
import { createRemoteJWKSet, exportJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

const push = 'a-push-secret-of-some-length';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

let folder: string;
let gateway: TestGateway;
let upstream: Upstream;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'));
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [await exportJWK(publicKey)] }));
  await writeFile(join(folder, 'push'), push);
  const idp = { name: 'idp', issuer: 'https://idp.example', audience: 'https://here.example' };
  const files = { keysFile: join(folder, 'keys.json'), pushTokenFile: join(folder, 'push') };
  const configFile = join(folder, 'countersign.yaml');
  await writeFile(configFile, JSON.stringify({ signals: { transmitters: [{ ...idp, ...files }] } }));
  gateway = await startGateway({ configFile });
  upstream = await startPlainUpstream();
  url = await gateway.addUpstream('shop', { url: upstream.url });
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  await rm(folder, { recursive: true });
});

interface Receiver {
  readonly token: string;
  readonly poll: () => Promise<readonly JWTPayload[]>;
}

/** A receiver that knows the standards, and of this server nothing but its address. */
async function startReceiver(): Promise<Receiver> {
  const input = { name: 'siem', audience: 'https://siem.example', everybody: true };
  const { token } = requireDone<{ token: string }>(
    await gateway.operator('POST', '/v1/signals/receivers', input),
  );
  const known = await fetchJson(`${gateway.url}/.well-known/ssf-configuration`);
  const ask = (address: string, body: object) =>
    fetchJson(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const stream = await ask(String(known.configuration_endpoint), {});
  const keys = createRemoteJWKSet(new URL(String(known.jwks_uri)));
  const rules = { issuer: String(known.issuer), audience: 'https://siem.example', typ: 'secevent+jwt' };
  let ack: readonly string[] = [];
  return {
    token,
    async poll() {
      const { endpoint_url } = stream.delivery as { endpoint_url: string };
      const { sets } = await ask(endpoint_url, { returnImmediately: true, ack });
      ack = Object.keys(sets as object);
      const read = Object.values(sets as Record<string, string>).map((set) => jwtVerify(set, keys, rules));
      return (await Promise.all(read)).map(({ payload }) => payload);
    },
  };
}

async function fetchJson(address: string, init?: RequestInit): Promise<Record<string, unknown>> {
  return (await fetch(address, init)).json() as Promise<Record<string, unknown>>;
}

function send(event: string, sub_id: object): Promise<Response> {
  const claims = { events: { [event]: {} }, sub_id };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt' })
    .setIssuer('https://idp.example')
    .setAudience('https://here.example')
    .setIssuedAt()
    .setJti(crypto.randomUUID())
    .sign(privateKey)
    .then((set) =>
      fetch(`${gateway.url}/ssf/receive/idp`, {
        method: 'POST',
        headers: { authorization: `Bearer ${push}`, 'content-type': 'application/secevent+jwt' },
        body: set,
      }),
    );
}

describe('signal.events-both-ways', () => {
  it('stops the agents of a person who has left elsewhere, and tells those who asked to hear of it', async () => {
    const receiver = await startReceiver();
    const owner = await gateway.invite('Somebody with an agent', ['owner']);
    const caller = createCaller(await gateway.enrol({ owner }), url);
    expect(isResult(await caller.call('echo', { text: 'one' }))).toBe(true);
    const answer = await send('https://schemas.openid.net/secevent/risc/event-type/account-disabled', {
      format: 'opaque',
      id: owner.id,
    });
    expect(answer.status).toBe(202);
    expect(isResult(await caller.call('echo', { text: 'two' }))).toBe(false);
    expect(upstream.journal.calls('echo')).toHaveLength(1);
    const told: JWTPayload[] = [];
    await expect
      .poll(async () => told.push(...(await receiver.poll())) > 0 && names(told), { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([
          [owner.id, 'account-disabled'],
          [caller.agentId, 'session-revoked'],
        ]),
      );
    expect(
      told.every(({ sub, exp, txn }) => sub === undefined && exp === undefined && txn !== undefined),
    ).toBe(true);
  });
});

function names(told: readonly JWTPayload[]): readonly unknown[] {
  return told.map(({ sub_id, events }) => [
    (sub_id as { sub: string }).sub,
    Object.keys(events as object)[0]
      ?.split('/')
      .at(-1),
  ]);
}
