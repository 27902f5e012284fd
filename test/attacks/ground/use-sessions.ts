import {
  createSessionClient,
  type EnrolledAgent,
  type EnrolOptions,
  makeAgentKey,
  makeClientAssertion,
  type OpenReply,
  type SessionClient,
  startEverythingUpstream,
  startGateway,
  startNaiveGateway,
  startSessionUpstream,
  type TestGateway,
} from '@countersign/testkit';
import { afterAll, beforeAll } from 'vitest';

export interface SessionParty extends EnrolledAgent {
  readonly client: SessionClient;
  readonly url: string;
}

export interface SessionGround {
  readonly gateway: TestGateway;
  /** An agent with a session at the upstream `shop`, or at the other one, `store`. */
  connect(options?: {
    readonly capabilities?: object;
    readonly upstream?: 'shop' | 'store';
    readonly enrol?: EnrolOptions;
    readonly enrolled?: EnrolledAgent;
  }): Promise<SessionParty>;
}

/** Before the tests of a file: the real server, with sessions, before two upstreams. */
export function useSessions(): () => SessionGround {
  const ends: (() => Promise<void>)[] = [];
  let ground: SessionGround | undefined;
  beforeAll(async () => {
    const upstream = await startEverythingUpstream();
    ends.push(() => upstream.close());
    const gateway = await startGateway();
    ends.push(() => gateway.stop());
    await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.addUpstream('store', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    ground = {
      gateway,
      async connect({ capabilities = {}, upstream: name = 'shop', enrol, enrolled: given } = {}) {
        const enrolled = given ?? (await gateway.enrol(enrol));
        const url = `${gateway.url}/mcp/${name}`;
        return { ...enrolled, url, client: await createSessionClient({ ...enrolled, url, capabilities }) };
      },
    };
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (ground === undefined) throw new Error('the ground is not built yet');
    return ground;
  };
}

/** The product's error code in a reply. */
export async function readCode(reply: OpenReply): Promise<string | undefined> {
  const { error, result } = ((await reply.message()) ?? {}) as {
    readonly error?: { readonly data?: { readonly code?: string } };
    readonly result?: { readonly _meta?: { readonly [name: string]: { readonly code?: string } } };
  };
  return error?.data?.code ?? result?._meta?.['countersign/refusal']?.code;
}

/** What the naive gateway answers when one agent speaks in the session of another. */
export async function speakNaively(
  message: object,
): Promise<{ readonly status: number; readonly body: string }> {
  const upstream = await startSessionUpstream();
  const gateway = await startNaiveGateway({ upstreams: { shop: { url: upstream.url } }, allow: {} });
  try {
    const sign = async (agent: string): Promise<string> => {
      const key = await makeAgentKey();
      gateway.registerAgent(agent, key.publicJwk);
      const assertion = await makeClientAssertion({ key, clientId: agent, audience: gateway.url });
      const form = new URLSearchParams({ client_assertion: assertion });
      const issued = await (await fetch(`${gateway.url}/token`, { method: 'POST', body: form })).json();
      return String(issued.access_token);
    };
    const post = async (token: string, body: object, headers: object = {}) =>
      fetch(`${gateway.url}/mcp/shop`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${token}`,
          ...headers,
        },
        body: JSON.stringify(body),
      });
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    };
    const opened = await post(await sign('agt_victim'), {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params,
    });
    const stolen = { 'mcp-session-id': opened.headers.get('mcp-session-id') };
    await opened.text();
    const reply = await post(await sign('agt_thief'), message, stolen);
    return { status: reply.status, body: await reply.text() };
  } finally {
    await gateway.close();
    await upstream.close();
  }
}
