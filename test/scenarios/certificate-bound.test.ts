import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, type AgentKey, createCertificate, generateAgentKey } from '@countersign/sdk';
import {
  type EnrolledAgent,
  type HttpReply,
  makeAgentKey,
  sendHttp,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { exportPKCS8, importJWK, type JWK } from 'jose';
import { Agent as Connections, fetch as undiciFetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

interface Holder {
  readonly enrolled: EnrolledAgent;
  readonly sdkKey: AgentKey;
  readonly pair: Pair;
}

let gateway: TestGateway;
let upstream: Upstream;
let url: string;
let folder: string;
let mine: Holder;
let other: Holder;

async function makePair(
  key: AgentKey,
  privateJwk: JWK,
  name: string,
  dnsNames: string[] = [],
): Promise<Pair> {
  const cert = await createCertificate(key, { name, lifetimeSeconds: 3600, dnsNames });
  const exportable = await importJWK(privateJwk, key.algorithm, { extractable: true });
  if (exportable instanceof Uint8Array) throw new TypeError('not a key pair');
  return { cert, key: await exportPKCS8(exportable) };
}

/** An agent with a certificate that it made of its own registered key. */
async function enrolHolder(): Promise<Holder> {
  const { key: sdkKey, privateJwk } = await generateAgentKey('ES256');
  const key = {
    ...(await makeAgentKey('ES256')),
    publicJwk: sdkKey.publicJwk,
    thumbprint: sdkKey.thumbprint,
  };
  const enrolled = await gateway.enrol({ key: { ...key, privateKey: sdkKey.privateKey } as typeof key });
  return { enrolled, sdkKey, pair: await makePair(sdkKey, privateJwk, enrolled.agent.agentId) };
}

async function writeServerPair(): Promise<void> {
  const { key, privateJwk } = await generateAgentKey('ES256');
  const pair = await makePair(key, privateJwk, 'localhost', ['localhost']);
  writeFileSync(join(folder, 'tls.crt'), pair.cert);
  writeFileSync(join(folder, 'tls.key'), pair.key);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'));
  await writeServerPair();
  upstream = await startPlainUpstream();
  gateway = await startGateway({
    environment: {
      COUNTERSIGN_TLS_CERTIFICATE_FILE: join(folder, 'tls.crt'),
      COUNTERSIGN_TLS_KEY_FILE: join(folder, 'tls.key'),
      COUNTERSIGN_TLS_CLIENT_CERTIFICATES: 'ask',
    },
  });
  url = await gateway.addUpstream('shop', { url: upstream.url });
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
  [mine, other] = [await enrolHolder(), await enrolHolder()];
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A token request that proves nothing but by its connection. */
function askForToken(holder: Holder, clientId: string, pair: Pair | null = holder.pair): Promise<HttpReply> {
  const form = new URLSearchParams({
    ...{ grant_type: 'client_credentials', client_id: clientId, resource: url },
    authorization_details: JSON.stringify([{ type: 'agent_task', task: holder.enrolled.task }]),
  });
  return sendHttp({
    url: `${gateway.url}/oauth/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    ...(pair && { certificate: pair }),
  });
}

async function takeToken(holder: Holder): Promise<string> {
  const reply = await askForToken(holder, holder.enrolled.agent.agentId);
  return requireDone<{ access_token: string }>(reply).access_token;
}

function call(
  token: string,
  pair: Pair | undefined,
  headers: Record<string, string> = {},
): Promise<HttpReply> {
  const { message, headers: mirrored } = toolCall('echo', { text: 'hi' });
  return sendHttp({
    url,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      ...mirrored,
      ...headers,
    },
    body: JSON.stringify(message),
    ...(pair && { certificate: pair }),
  });
}

describe('token.certificate-bound', () => {
  it('is offered, and says what it is bound to', async () => {
    const metadata = requireDone<Record<string, unknown>>(
      await sendHttp({ method: 'GET', url: `${gateway.url}/.well-known/oauth-authorization-server` }),
    );
    expect(metadata.tls_client_certificate_bound_access_tokens).toBe(true);
    expect(metadata.token_endpoint_auth_methods_supported).toContain('self_signed_tls_client_auth');
    const issued = requireDone<{ token_type: string; access_token: string }>(
      await askForToken(mine, mine.enrolled.agent.agentId),
    );
    expect(issued.token_type).toBe('Bearer');
    expect(isResult(await call(issued.access_token, mine.pair))).toBe(true);
    const [record] = await gateway.records({ kind: 'token.issued', agent: mine.enrolled.agent.agentId });
    expect(record).toMatchObject({ body: { binding: 'mtls', proofKey: expect.stringMatching(/^x5t:/) } });
  });

  it('works on the same connection for any number of calls, in a few lines of the SDK', async () => {
    const connections = new Connections({ connect: { ...mine.pair, rejectUnauthorized: false } });
    const send = ((input: string, init: object) =>
      undiciFetch(input, { ...init, dispatcher: connections })) as unknown as typeof fetch;
    const agentId = mine.enrolled.agent.agentId;
    const agent = await Agent.create({
      ...{ url: gateway.url, agentId, key: mine.sdkKey, fetch: send, possession: 'connection' },
    });
    const task = await agent.openTask({ purpose: 'A test', delegationId: mine.enrolled.delegation });
    const governed = task.fetchFor('shop');
    for (let i = 0; i < 3; i++) {
      const { message, headers } = toolCall('echo', { text: `${i}` });
      const response = await governed(url, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify(message),
      });
      expect(response.status).toBe(200);
    }
    await task.end();
    await connections.close();
  });

  it('ends with the key', async () => {
    const holder = await enrolHolder();
    const token = await takeToken(holder);
    expect(isResult(await call(token, holder.pair))).toBe(true);
    const { agentId } = holder.enrolled.agent;
    const path = `/v1/agents/${agentId}/keys/${holder.sdkKey.thumbprint}/retire`;
    requireDone(await gateway.operator('POST', path, {}));
    expect(readRefusal(await call(token, holder.pair))).toBe('token.invalid');
    expect((await askForToken(holder, agentId)).json).toMatchObject({ error: 'invalid_client' });
  });
});

describe('attacks on certificate-bound tokens', () => {
  it('token.certificate-of-another-agent', async () => {
    const { agentId } = mine.enrolled.agent;
    expect((await askForToken(mine, agentId, other.pair)).json).toMatchObject({
      ...{ error: 'invalid_client', code: 'token.client_assertion_invalid' },
    });
    expect((await askForToken(mine, agentId, null)).json).toMatchObject({ error: expect.any(String) });
    // A certificate that another made in the agent's name, of a key that nobody registered.
    const { key, privateJwk } = await generateAgentKey('ES256');
    const forged = await makePair(key, privateJwk, agentId);
    expect((await askForToken(mine, agentId, forged)).json).toMatchObject({ error: 'invalid_client' });
  });

  it('token.on-another-connection', async () => {
    const before = upstream.journal.calls().length;
    const token = await takeToken(mine);
    expect(readRefusal(await call(token, other.pair))).toBe('token.certificate_invalid');
    expect(readRefusal(await call(token, undefined))).toBe('token.certificate_invalid');
    expect(readRefusal(await call(token, mine.pair, { authorization: `DPoP ${token}` }))).toBe(
      'token.invalid',
    );
    expect(upstream.journal.calls()).toHaveLength(before);
  });

  it('token.client-cert-header', async () => {
    const token = await takeToken(mine);
    const der = mine.pair.cert.replaceAll(/-----[A-Z ]+-----|\n/g, '');
    const header = { 'client-cert': `:${der}:` };
    expect(readRefusal(await call(token, undefined, header))).toBe('token.certificate_invalid');
    expect(readRefusal(await call(token, other.pair, header))).toBe('token.certificate_invalid');
  });

  it('token.bearer-downgrade', async () => {
    expect(readRefusal(await call(mine.enrolled.token, mine.pair))).toBe('token.bearer_refused');
  });
});

describe('server.renewed-certificate', () => {
  it('is shown without a restart', async () => {
    const { connect } = await import('node:tls');
    const readServed = () =>
      new Promise<string>((resolve, reject) => {
        const { port } = new URL(gateway.url);
        const socket = connect({ port: Number(port), host: 'localhost', rejectUnauthorized: false }, () => {
          resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
          socket.destroy();
        });
        socket.once('error', reject);
      });
    const before = await readServed();
    writeFileSync(join(folder, 'tls.crt'), 'half a file');
    await writeServerPair();
    await expect.poll(readServed, { timeout: 15_000, interval: 500 }).not.toBe(before);
  });
});
