import {
  createRawAgent,
  makeAgentKey,
  type NaiveGateway,
  type PlatformIssuer,
  sendHttp,
  startGateway,
  startNaiveGateway,
  startPlatformIssuer,
  type TestGateway,
} from '@countersign/testkit';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireDone } from '../scenarios/ground/use-scene.ts';
import { writeTrusts } from '../scenarios/ground/write-trusts.ts';
import { issuesToken } from './ground/issues-token.ts';
import { readRefusal } from './ground/read-refusal.ts';

describe('token.workload-stolen', () => {
  const subject = 'spiffe://prod.example/ns/billing/sa/refunds';
  let mesh: PlatformIssuer;
  let naive: NaiveGateway;
  let gateway: TestGateway;
  let agentId: string;

  beforeAll(async () => {
    mesh = await startPlatformIssuer({ algorithm: 'ES256', use: 'jwt-svid' });
    naive = await startNaiveGateway({ upstreams: {}, allow: {} });
    const { json } = await sendHttp({ url: mesh.keysUrl, method: 'GET' });
    const [{ use: _use, ...jwk } = {} as JWK] = (json as { keys: JWK[] }).keys;
    naive.registerAgent(subject, jwk);
    const trust = { name: 'mesh', kind: 'spiffe', trustDomain: 'prod.example', keysUrl: mesh.keysUrl };
    gateway = await startGateway({ configFile: writeTrusts([{ ...trust, allowPrivate: true }]) });
    const about = { name: 'refunds', purpose: 'Refund orders', environment: 'development' };
    const workload = { trust: 'mesh', subject };
    const body = { ...about, ownerId: gateway.administrator.id, workload };
    agentId = requireDone<{ id: string }>(await gateway.operator('POST', '/v1/agents', body)).id;
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await naive?.close();
    await mesh?.close();
  });

  const svid = (aud: string): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000);
    return mesh.sign({ sub: subject, aud, iat, exp: iat + 300 });
  };
  const askNaively = (assertion: string) =>
    sendHttp({
      url: `${naive.url}/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_assertion: assertion }).toString(),
    });
  /** Somebody with a key of their own shows the assertion. */
  const askHere = async (assertion: string) => {
    const thief = createRawAgent({ issuer: gateway.url, agentId, key: await makeAgentKey() });
    return thief.requestToken({
      form: {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe',
        client_assertion: assertion,
      },
    });
  };

  it('works at a naive gateway: whoever has the assertion is the workload, as often as they like', async () => {
    const assertion = await svid('https://another.example');
    expect(issuesToken(await askNaively(assertion))).toBe(true);
    expect(issuesToken(await askNaively(assertion))).toBe(true);
  });

  it('is worth nothing here with any key but the first it came with', async () => {
    const assertion = await svid(gateway.url);
    expect(issuesToken(await askHere(assertion))).toBe(true);
    expect(readRefusal(await askHere(assertion))).toBe('token.workload_replayed');
  });

  it('is worth nothing here when it was made for another server', async () => {
    expect(readRefusal(await askHere(await svid('https://another.example')))).toBe(
      'token.client_assertion_invalid',
    );
  });
});
