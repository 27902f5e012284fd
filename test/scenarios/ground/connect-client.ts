import { type AgentKey, type EnrolledAgent, makeAgentKey, type TestGateway } from '@countersign/testkit';
import {
  Client,
  DpopSession,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

export interface ConnectedClient {
  readonly client: Client;
  readonly enrolled: EnrolledAgent;
}

export interface ClientWishes {
  readonly key?: AgentKey;
  /** Called with each link that the client is asked to open; its answer goes back. */
  readonly open?: (url: string) => Promise<'accept' | 'decline'>;
}

/** The public MCP client, unmodified, as an agent with a default delegation at `endpoint`. */
export async function connectClient(
  gateway: TestGateway,
  endpoint: string,
  { key: given, open }: ClientWishes = {},
): Promise<ConnectedClient> {
  const key = given ?? (await makeAgentKey());
  const enrolled = await gateway.enrol({ key, isDefault: true });
  const session = await DpopSession.create();
  const provider = new PrivateKeyJwtProvider({
    clientId: enrolled.agent.agentId,
    privateKey: { ...key.privateJwk },
    algorithm: key.algorithm,
    expectedIssuer: gateway.url,
  });
  const client = new Client(
    { name: 'public-client', version: '1.0.0' },
    {
      versionNegotiation: { mode: { pin: '2026-07-28' } },
      ...(open && { capabilities: { elicitation: { url: {} } } }),
    },
  );
  if (open !== undefined) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      if (params.mode !== 'url') return { action: 'decline' };
      return { action: await open(params.url) };
    });
  }
  const authProvider = Object.assign(provider, { dpop: () => session });
  await client.connect(new StreamableHTTPClientTransport(new URL(endpoint), { authProvider }));
  return { client, enrolled };
}
