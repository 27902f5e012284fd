import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client';
import type { EnrolledAgent, TestGateway } from '@countersign/testkit';

/** The official client of A2A, with the token of an agent and a proof for each request. */
export async function createPeerClient(
  gateway: TestGateway,
  enrolled: EnrolledAgent,
  upstream: string,
  binding: 'JSONRPC' | 'HTTP+JSON' = 'JSONRPC',
) {
  const url = `${gateway.url}/a2a/${upstream}`;
  const fetchImpl = createProvingFetch(enrolled);
  const factory = new ClientFactory({
    transports: [
      binding === 'JSONRPC'
        ? new JsonRpcTransportFactory({ fetchImpl })
        : new RestTransportFactory({ fetchImpl }),
    ],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
  });
  return factory.createFromUrl(`${url}/.well-known/agent-card.json`, '');
}

export function createProvingFetch({ agent, token }: EnrolledAgent): typeof fetch {
  let nonce: string | undefined;
  return async (input, init = {}) => {
    const url = String(input instanceof Request ? input.url : input);
    const send = async () => {
      const htm = init.method ?? 'GET';
      const proof = await agent.proof({
        url,
        htu: url.split('?', 1)[0] ?? url,
        token,
        htm,
        ...(nonce === undefined ? {} : { nonce }),
      });
      const headers = new Headers(init.headers);
      headers.set('authorization', `DPoP ${token}`);
      headers.set('dpop', proof);
      const response = await fetch(url, { ...init, headers });
      nonce = response.headers.get('dpop-nonce') ?? nonce;
      return response;
    };
    const first = await send();
    return first.status === 401 ? send() : first;
  };
}
