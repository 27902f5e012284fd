import { type AgentKey, makeAgentKey } from '@countersign/testkit';
import * as mcp from '@modelcontextprotocol/client';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { openTestServer, type TestServer } from './open-test-server.ts';

// Clients that nobody here wrote, against the routes themselves.
let test: TestStore;
let server: TestServer;
let agentKey: AgentKey;
let agent: string;
let owner: string;
const payments = 'http://localhost:7420/mcp/payments';

beforeAll(async () => {
  test = await openTestStore();
  server = await openTestServer({ store: test.store, now: Date.now });
  owner = await server.addPerson();
  agentKey = await makeAgentKey('ES256');
  agent = await server.addAgent({ owner, jwk: agentKey.publicJwk, thumbprint: agentKey.thumbprint });
  await server.addDelegation({ agent, owner, isDefault: true });
});

afterAll(() => test.remove());

const fetchHere = async (url: string | URL, init?: RequestInit): Promise<Response> => {
  const { origin, pathname } = new URL(url);
  if (origin !== server.issuer) throw new Error(`a client went astray: ${origin}`);
  return server.app.request(pathname, init);
};

describe('openid-client', () => {
  it.each(['oauth2', 'oidc'] as const)(
    'discovers by %s and gets tokens bound to its key',
    async (algorithm) => {
      const config = await client.discovery(
        new URL(server.issuer),
        agent,
        {},
        client.PrivateKeyJwt({ key: agentKey.privateKey, kid: agentKey.thumbprint }),
        {
          algorithm,
          execute: [client.allowInsecureRequests],
          [client.customFetch]: (url, init) => fetchHere(url, init as RequestInit),
        },
      );
      expect(config.serverMetadata()).toMatchObject({
        issuer: server.issuer,
        code_challenge_methods_supported: ['S256'],
      });
      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
      const control = await client.clientCredentialsGrant(config, {}, { DPoP });
      expect(control).toMatchObject({ token_type: 'dpop', scope: 'tasks' });
      const task = await client.clientCredentialsGrant(config, { resource: payments }, { DPoP });
      expect(task.expires_in).toBeGreaterThan(290);
      const named = JSON.stringify(task.authorization_details);
      const again = await client.clientCredentialsGrant(
        config,
        { resource: payments, authorization_details: named },
        { DPoP },
      );
      expect(JSON.stringify(again.authorization_details)).toBe(named);
      const refused = client.clientCredentialsGrant(
        config,
        { resource: 'http://evil.example/mcp/x' },
        { DPoP },
      );
      await expect(refused).rejects.toMatchObject({ error: 'invalid_target' });
    },
  );
});

describe("MCP's client", () => {
  it('finds the authorization server from the resource and gets a token for it', async () => {
    const resource = await mcp.discoverOAuthProtectedResourceMetadata(payments, {}, fetchHere);
    // Interactive clients may have other tokens; those of agents are bound whatever the metadata say.
    expect(resource).toMatchObject({ resource: payments, dpop_bound_access_tokens_required: false });
    expect(resource.authorization_servers).toEqual([server.issuer]);
    const metadata = await mcp.discoverAuthorizationServerMetadata(server.issuer, { fetchFn: fetchHere });
    expect(metadata?.token_endpoint).toBe(`${server.issuer}/oauth/token`);
    const session = await mcp.DpopSession.create();
    const provider = new mcp.PrivateKeyJwtProvider({
      clientId: agent,
      privateKey: { ...agentKey.privateJwk },
      algorithm: 'ES256',
      expectedIssuer: server.issuer,
    });
    const withProof = Object.assign(provider, { dpop: () => session });
    const tokens = await mcp.fetchToken(withProof, server.issuer, {
      ...(metadata ? { metadata } : {}),
      resource: new URL(payments),
      fetchFn: fetchHere,
    });
    expect(tokens.token_type).toBe('DPoP');
    const present = async () => {
      const dpop = await session.buildProof({ htm: 'POST', htu: payments, accessToken: tokens.access_token });
      const authorization = [`DPoP ${tokens.access_token}`];
      return server.context.tokens.verifyPresented({
        ...{ authorization, dpop: [dpop], method: 'POST', url: payments, audience: payments },
      });
    };
    expect(await present()).toMatchObject({ agentId: agent, key: session.thumbprint });
  });
});

describe('the metadata', () => {
  const get = async (path: string) => {
    const response = await server.app.request(path);
    return { status: response.status, body: await response.json().catch(() => null) };
  };

  it('names each resource exactly as it was asked for, and no other', async () => {
    const files = await get('/.well-known/oauth-protected-resource/mcp/files');
    expect(files.body.resource).toBe(`${server.issuer}/mcp/files`);
    const tasks = await get('/.well-known/oauth-protected-resource/v1/tasks');
    expect(tasks.body).toMatchObject({ resource: `${server.issuer}/v1/tasks`, scopes_supported: ['tasks'] });
    expect((await get('/.well-known/oauth-protected-resource/mcp/UPPER')).status).not.toBe(200);
    expect((await get('/.well-known/oauth-protected-resource/mcp/a%2Fb')).status).not.toBe(200);
  });

  it('names everything a client needs that signs people in', async () => {
    const { body } = await get('/.well-known/oauth-authorization-server');
    expect(body).toMatchObject({
      authorization_endpoint: `${server.issuer}/oauth/authorize`,
      pushed_authorization_request_endpoint: `${server.issuer}/oauth/par`,
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: expect.arrayContaining([
        'client_credentials',
        'authorization_code',
        'refresh_token',
      ]),
      response_types_supported: ['code'],
      token_endpoint_auth_methods_supported: expect.arrayContaining(['none', 'private_key_jwt']),
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    });
  });

  it('promises nothing that is not there', async () => {
    const { body } = await get('/.well-known/oauth-authorization-server');
    expect(body).not.toHaveProperty('registration_endpoint');
    expect(body.token_endpoint_auth_methods_supported.join()).not.toContain('secret');
  });
});
