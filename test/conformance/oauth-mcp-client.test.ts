import { makeAgentKey, openConsent, readLocation, sendHttp } from '@countersign/testkit';
import {
  Client,
  DpopSession,
  type OAuthClientInformation,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type OAuthTokens,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { APP, NATIVE, useApplication } from './oauth-ground/use-application.ts';

const app = useApplication({ environment: { COUNTERSIGN_TOKENS_DYNAMIC_REGISTRATION: 'on' } });

interface Memory {
  discovery?: OAuthDiscoveryState;
  link?: URL;
  verifier?: string;
  tokens?: OAuthTokens;
  information?: OAuthClientInformation;
}

/** What an editor keeps of its sign-in; everything else is the unmodified client's. */
function createProvider(options: {
  cimd: boolean;
  dpop?: DpopSession;
}): OAuthClientProvider & { memory: Memory } {
  const memory: Memory = {};
  return {
    memory,
    redirectUrl: NATIVE,
    ...(options.cimd ? { clientMetadataUrl: APP } : {}),
    clientMetadata: {
      ...{ client_name: 'App', redirect_uris: [NATIVE], token_endpoint_auth_method: 'none' },
      ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
    },
    clientInformation: () => memory.information,
    saveClientInformation(information) {
      memory.information = information;
    },
    tokens: () => memory.tokens,
    saveTokens(tokens) {
      memory.tokens = tokens;
    },
    redirectToAuthorization(link) {
      memory.link = link;
    },
    saveCodeVerifier(verifier) {
      memory.verifier = verifier;
    },
    saveDiscoveryState(state) {
      memory.discovery = state;
    },
    discoveryState: () => memory.discovery,
    codeVerifier: () => memory.verifier ?? '',
    ...(options.dpop === undefined ? {} : { dpop: () => options.dpop }),
  };
}

/** Connects, is sent to a person, and connects again with what it got. */
async function connect(provider: ReturnType<typeof createProvider>): Promise<Client> {
  const options = { versionNegotiation: { mode: { pin: '2026-07-28' as const } } };
  const open = () => new StreamableHTTPClientTransport(new URL(app().resource), { authProvider: provider });
  const first = open();
  await expect(new Client({ name: 'editor', version: '1' }, options).connect(first)).rejects.toThrow();
  const { link } = provider.memory;
  if (link === undefined) throw new Error('nobody was asked');
  expect(link.searchParams.get('resource')).toBe(app().resource);
  const back = readLocation(await (await openConsent(app().person, link.href)).grant());
  await first.finishAuth(back.searchParams);
  const client = new Client({ name: 'editor', version: '1' }, options);
  await client.connect(open());
  return client;
}

async function expectToolCall(client: Client): Promise<void> {
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
  const result = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
  expect(JSON.stringify(result.content)).toContain('hello');
  await client.close();
}

describe('mcp.unmodified-interactive-client', () => {
  it('is shown the way by every refusal of the endpoint', async () => {
    const { gateway, resource } = app();
    const metadata = `${gateway.url}/.well-known/oauth-protected-resource/mcp/shop`;
    for (const authorization of [undefined, 'Bearer made-up', 'DPoP made-up']) {
      const reply = await sendHttp({
        url: resource,
        headers: { authorization, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(reply.status).toBe(401);
      expect(reply.headers['www-authenticate'], authorization).toContain(`resource_metadata="${metadata}"`);
      if (authorization?.startsWith('DPoP') !== true)
        expect(reply.headers['www-authenticate']).toMatch(/^Bearer /);
    }
    const { json } = await sendHttp({ method: 'GET', url: metadata });
    expect(json).toMatchObject({
      ...{ resource, authorization_servers: [gateway.url], bearer_methods_supported: ['header'] },
      dpop_bound_access_tokens_required: false,
    });
  });

  it('connects with a URL and its metadata document, as a bearer', async () => {
    const provider = createProvider({ cimd: true });
    await expectToolCall(await connect(provider));
    expect(provider.memory.information?.client_id).toBe(APP);
    expect(provider.memory.tokens?.token_type.toLowerCase()).toBe('bearer');
  });

  it('connects with a URL and its metadata document, with DPoP', async () => {
    const provider = createProvider({ cimd: true, dpop: await DpopSession.create() });
    await expectToolCall(await connect(provider));
    expect(provider.memory.tokens?.token_type.toLowerCase()).toBe('dpop');
  });

  it('connects with a URL and a registration of its own, where the switch is on', async () => {
    const provider = createProvider({ cimd: false });
    await expectToolCall(await connect(provider));
    expect(provider.memory.information?.client_id).toMatch(/^clt_/);
  });

  it('as an agent with private_key_jwt, beside it', async () => {
    const key = await makeAgentKey();
    const { agent } = await app().gateway.enrol({ key, isDefault: true });
    const session = await DpopSession.create();
    const provider = new PrivateKeyJwtProvider({
      clientId: agent.agentId,
      privateKey: { ...key.privateJwk },
      algorithm: key.algorithm,
      expectedIssuer: app().gateway.url,
    });
    const authProvider = Object.assign(provider, { dpop: () => session });
    const client = new Client(
      { name: 'agent', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(app().resource), { authProvider }));
    await expectToolCall(client);
  });

  it('is told in words a model reads that a person took it back', async () => {
    const provider = createProvider({ cimd: true });
    const client = await connect(provider);
    const [delegation] = decodeJwt(provider.memory.tokens?.access_token ?? '').chain as readonly string[];
    await app().gateway.operator('POST', `/v1/delegations/${delegation}/revoke`, {});
    const refused = await client.callTool({ name: 'echo', arguments: { text: 'x' } });
    expect(refused.isError).toBe(true);
    expect(JSON.stringify(refused.content)).toContain('REFUSED');
    await client.close();
  });
});
