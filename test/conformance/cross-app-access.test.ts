import {
  type AgentKey,
  makeAgentKey,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  trustOrganisation,
  type Upstream,
} from '@countersign/testkit';
import {
  Client,
  CrossAppAccessProvider,
  createPrivateKeyJwtAuth,
  DpopSession,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const CEILING = { upstreams: ['shop'], actions: ['shop/echo'], environments: ['development'] };

describe('organisation.two-deployments', () => {
  let upstream: Upstream;
  let north: TestGateway;
  let south: TestGateway;
  let shop: string;
  beforeAll(async () => {
    upstream = await startPlainUpstream();
    [north, south] = await Promise.all([startGateway(), startGateway()]);
    await north.addUpstream('own', { url: upstream.url });
    shop = await south.addUpstream('shop', { url: upstream.url });
    await south.activatePolicy('permit (principal, action, resource);');
  }, 60_000);
  afterAll(async () => {
    await Promise.all([north?.stop(), south?.stop()]);
    await upstream?.close();
  });

  /** An agent of north's that is a client at south, with one key at both, and north's word for it. */
  async function cross() {
    const key = await makeAgentKey();
    const [home, abroad] = await Promise.all([
      north.enrol({ key }),
      south.enrol({ key: await makeAgentKey(), isDefault: true, limits: { environments: ['development'] } }),
    ]);
    await trustOrganisation(north, {
      name: 'south',
      issuers: [{ issuer: south.url, jwksUri: `${south.url}/oauth/jwks` }],
      ceiling: CEILING,
      towards: [{ agentId: home.agent.agentId, clientId: abroad.agent.agentId }],
    });
    await trustOrganisation(south, {
      name: 'north',
      issuers: [{ issuer: north.url, jwksUri: `${north.url}/oauth/jwks` }],
      ceiling: CEILING,
      agents: [abroad.agent.agentId],
      checkMilliseconds: 250,
    });
    const vouch = async () =>
      home.agent.requestToken({
        form: {
          grant_type: EXCHANGE,
          requested_token_type: ID_JAG,
          subject_token: home.token,
          subject_token_type: ACCESS_TOKEN,
          audience: south.url,
        },
        resource: [shop],
      });
    return { home, abroad, vouch, key };
  }

  async function makeProvider(crossing: Awaited<ReturnType<typeof cross>>) {
    const { abroad, vouch, key } = crossing;
    const session = await DpopSession.create({ keyPair: await toKeyPair(key) });
    const provider = new CrossAppAccessProvider({
      clientId: abroad.agent.agentId,
      clientSecret: 'unused',
      expectedIssuer: south.url,
      assertion: async () => {
        const reply = await vouch();
        return String((reply.json as { access_token?: string }).access_token);
      },
    });
    // It is registered with a key: nothing that could be copied is ever sent.
    const addClientAuthentication = createPrivateKeyJwtAuth({
      issuer: abroad.agent.agentId,
      subject: abroad.agent.agentId,
      privateKey: { ...abroad.agent.key.privateJwk },
      alg: abroad.agent.key.algorithm,
    });
    return Object.assign(provider, { dpop: () => session, addClientAuthentication });
  }

  it('carries a task across, names each other’s records, and stops within a second of its revocation', async () => {
    const crossing = await cross();
    const authProvider = await makeProvider(crossing);
    const client = new Client({ name: 'crossing', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(shop), { authProvider }));
    const echoed = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    expect(echoed.isError ?? false).toBe(false);

    const [issued] = await north.records({ kind: 'organisation.assertion_issued' });
    const [taken] = await south.records({ kind: 'organisation.assertion_taken' });
    expect(taken).toMatchObject({
      body: {
        organisation: 'north',
        toldRecord: issued?.id,
        hops: [{ iss: north.url }, { iss: north.url, sub: crossing.home.agent.agentId }],
      },
    });
    // South says so itself, under its key, whatever the agent between them tells.
    await expect
      .poll(() => north.records({ kind: 'organisation.assertion_acknowledged' }), { timeout: 10_000 })
      .toMatchObject([
        {
          causes: [issued?.id],
          task: crossing.home.task,
          body: { organisation: 'south', theirRecord: taken?.id },
        },
      ]);
    // What the ceiling leaves out is out of reach, whatever the delegation here allows.
    const paid = { name: 'pay', arguments: { to: 'a', amount: 1, currency: 'EUR' } };
    await expect(client.callTool(paid)).resolves.toMatchObject({ isError: true });

    await north.operator('POST', `/v1/tasks/${crossing.home.task}/end`, { reason: 'enough' });
    const revokedAt = performance.now();
    let stopped = false;
    while (!stopped && performance.now() - revokedAt < 5_000) {
      stopped = await client.callTool({ name: 'echo', arguments: { text: 'on' } }).then(
        (result) => result.isError === true,
        () => true,
      );
    }
    expect(stopped).toBe(true);
    expect(performance.now() - revokedAt).toBeLessThan(1_000);
    await client.close();
  });
});

async function toKeyPair(key: AgentKey) {
  const publicKey = await importJWK(key.publicJwk, key.algorithm);
  if (publicKey instanceof Uint8Array) throw new Error('a symmetric key');
  const { alg: _, ...publicJwk } = key.publicJwk;
  return {
    privateKey: key.privateKey,
    publicKey,
    publicJwk,
    thumbprint: key.thumbprint,
    alg: 'ES256' as const,
  };
}
