import {
  makeAgentKey,
  startEverythingUpstream,
  startGateway,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import {
  Client,
  DpopSession,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('mcp.unmodified-client', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let endpoint: string;
  beforeAll(async () => {
    upstream = await startEverythingUpstream();
    gateway = await startGateway();
    endpoint = await gateway.addUpstream('everything', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('finds the server, proves its key, lists and calls, under the default delegation', async () => {
    const key = await makeAgentKey();
    const { agent } = await gateway.enrol({ key, isDefault: true });
    const session = await DpopSession.create();
    const provider = new PrivateKeyJwtProvider({
      clientId: agent.agentId,
      privateKey: { ...key.privateJwk },
      algorithm: key.algorithm,
      expectedIssuer: gateway.url,
    });
    const authProvider = Object.assign(provider, { dpop: () => session });
    const client = new Client(
      { name: 'unmodified', version: '1.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(endpoint), { authProvider }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('test_simple_text');
    const result = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(result.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    await client.close();
    const kinds = (await gateway.records({ agent: agent.agentId })).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['token.issued', 'action.intent', 'action.decision', 'action.outcome']),
    );
  });
});
