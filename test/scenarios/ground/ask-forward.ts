import { type EnrolledAgent, type HttpReply, sendHttp, type TestGateway } from '@countersign/testkit';

/** What clients call, and what a proxy in front of it asks about. */
export const SHOP = 'https://api.example.test/v2';

export interface ForwardedRequest {
  readonly kind: 'nginx' | 'traefik' | 'envoy';
  readonly point: string;
  readonly method: string;
  /** Below `SHOP`. */
  readonly path: string;
  /** In place of what the proxy would send. */
  readonly headers?: { readonly [name: string]: string | readonly string[] | undefined };
  readonly token?: string;
  readonly htu?: string;
}

/** What each proxy asks with about a request it holds, with the agent's own token and proof in it. */
export async function askForward(
  gateway: TestGateway,
  { agent, token: own }: EnrolledAgent,
  { kind, point, method, path, headers = {}, token = own, htu = `${SHOP}${path}` }: ForwardedRequest,
): Promise<HttpReply> {
  const target = `/v2${path}`;
  const told = {
    nginx: { 'x-original-url': `${SHOP}${path}`, 'x-original-method': method },
    traefik: {
      'x-forwarded-method': method,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'api.example.test',
      'x-forwarded-uri': target,
    },
    envoy: { 'x-forwarded-proto': 'https', host: 'api.example.test' },
  }[kind];
  const attempt = async (nonce?: string): Promise<HttpReply> => {
    const proof = await agent.proof({
      ...{ url: htu.split('?')[0] ?? htu, token, htm: method },
      ...(nonce === undefined ? {} : { nonce }),
    });
    return sendHttp({
      method: kind === 'envoy' ? method : 'GET',
      url: `${gateway.url}/access/v1/forward/${kind}/${point}${kind === 'envoy' ? target : ''}`,
      headers: { ...told, authorization: `DPoP ${token}`, dpop: proof, ...headers },
    });
  };
  const first = await attempt();
  const nonce = first.headers['dpop-nonce'];
  const isAsked = (first.headers['www-authenticate'] ?? '').includes('use_dpop_nonce');
  return isAsked && nonce !== undefined ? attempt(nonce) : first;
}

/** What the agent would be told, in the words of the other doors. */
export function readForward({ status, headers }: HttpReply): string {
  if (status === 200) return 'allow';
  const code = headers['x-countersign-error'];
  if (code === 'action.pending') return 'step_up';
  return code === 'action.denied' ? 'deny' : String(code);
}
