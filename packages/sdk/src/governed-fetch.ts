import { asksForNonce } from './proof.ts';
import type { Token, TokenClient, TokenRequest } from './token-client.ts';

/**
 * A `fetch` that carries a fresh token and, unless the connection proves enough, a proof for each request, renews the token before it expires, answers a
 * nonce challenge once, and never follows a redirect with credentials. Only for URLs of the receiver, which is the issuer unless said.
 */
export function createGovernedFetch(
  client: Pick<TokenClient, 'issuer' | 'proofs' | 'request'>,
  request: TokenRequest,
  send: typeof fetch,
  /** Whom the token is for: nobody else is sent it. */
  receiver: string = client.issuer,
): typeof fetch {
  let token: Promise<Token> | undefined;
  const renew = (): Promise<Token> => {
    token = client.request(request);
    token.catch(() => {
      token = undefined;
    });
    return token;
  };
  const current = async (): Promise<Token> => {
    const held = token;
    if (held === undefined) return renew();
    const known = await held;
    if (known.freshUntil > Date.now()) return known;
    // Of several calls that find it stale, one asks for a new one.
    return token === undefined || token === held ? renew() : token;
  };
  const attempt = async (
    target: Request,
    body: ArrayBuffer | undefined,
    { type, value }: Token,
  ): Promise<Response> => {
    const headers = new Headers(target.headers);
    headers.set('authorization', `${type} ${value}`);
    if (type === 'DPoP') headers.set('dpop', await client.proofs.prove(target.method, target.url, value));
    const response = await send(target.url, {
      method: target.method,
      headers,
      redirect: 'error',
      signal: target.signal,
      ...(body === undefined ? {} : { body }),
    });
    client.proofs.learn(target.url, response);
    return response;
  };
  return async (input, init) => {
    const target = new Request(input, init);
    if (new URL(target.url).origin !== new URL(receiver).origin) {
      throw new TypeError('credentials are sent to whom they are for, and nobody else');
    }
    const body = target.body === null ? undefined : await target.arrayBuffer();
    const response = await attempt(target, body, await current());
    if (response.status !== 401 || !asksForNonce(response)) return response;
    await response.body?.cancel();
    return attempt(target, body, await current());
  };
}
