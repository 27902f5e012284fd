import {
  createRawAgent,
  type HttpReply,
  makeAgentKey,
  type RawAgent,
  type TestGateway,
} from '@countersign/testkit';

/** An enforcement point with a token of its own, which asks in plain HTTP. */
export interface EnforcementPoint {
  readonly id: string;
  /** It, as a client of the token endpoint. */
  readonly client: RawAgent;
  readonly token: string;
  ask(path: string, body: object | string | Uint8Array, headers?: Headers): Promise<HttpReply>;
  get(path: string): Promise<HttpReply>;
}

type Headers = { readonly [name: string]: string | undefined };

/** Registers one that may ask about everything, unless the settings say otherwise. */
export async function addEnforcementPoint(
  gateway: TestGateway,
  settings: { readonly name: string; readonly [name: string]: unknown },
  now = Date.now,
): Promise<EnforcementPoint> {
  const key = await makeAgentKey();
  const { alg: _, ...jwk } = key.publicJwk;
  const added = await gateway.operator('POST', '/v1/tokens/enforcement-points', {
    ...{ keys: [jwk], upstreams: '*', types: '*', binding: 'dpop' },
    ...settings,
  });
  if (added.status !== 201) throw new Error(`not added: ${added.status} ${added.body}`);
  const { id } = added.json as { id: string };
  const client = createRawAgent({ issuer: gateway.url, agentId: id, key, now });
  let token = await client.token();
  let issuedAt = now();
  const renew = async (): Promise<string> => {
    if (now() - issuedAt > 60_000) {
      token = await client.token();
      issuedAt = now();
    }
    return token;
  };
  return {
    ...{ id, client, token },
    ask: async (path, message, headers = {}) =>
      client.send({ url: gateway.url + path, token: await renew(), message, headers }),
    get: async (path) =>
      client.send({ url: gateway.url + path, token: await renew(), message: '', method: 'GET' }),
  };
}
