import { calculateJwkThumbprint, decodeProtectedHeader, type JWK } from 'jose';
import { startHttpUpstream, type Upstream } from '../upstreams/start-http-upstream.ts';
import { answerPlainly, type PlainOptions, sendJson } from '../upstreams/start-plain-upstream.ts';
import type { IssuedFor, Issuer } from './start-issuer.ts';

export interface ProtectedOptions extends PlainOptions {
  readonly issuer: Pick<Issuer, 'url' | 'verify'>;
  /** Says and checks that tokens are bound to a key; `nonce`: and wants this nonce in every proof. */
  readonly dpop?: { readonly nonce?: string };
}

/** An MCP server as MCP's authorization has it: it says who issues its tokens (RFC 9728), and tells whose call it is. */
export async function startProtectedUpstream(options: ProtectedOptions): Promise<Upstream> {
  const { issuer, dpop } = options;
  let own = '';
  const upstream = await startHttpUpstream(async (request, response, message) => {
    const { pathname, origin } = new URL(request.url ?? '/', own);
    if (pathname === '/.well-known/oauth-protected-resource/mcp') {
      return sendJson(response, {
        resource: own,
        authorization_servers: [issuer.url],
        ...(dpop && { dpop_signing_alg_values_supported: ['ES256'] }),
      });
    }
    const refuse = (challenge: string, nonce?: string) => {
      const metadata = `resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
      response.setHeader('www-authenticate', `${challenge}, ${metadata}`);
      if (nonce !== undefined) response.setHeader('dpop-nonce', nonce);
      sendJson(response, { error: 'a token is needed' }, 401);
    };
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
    const known = await issuer.verify(token);
    if (known === undefined) return refuse('Bearer error="invalid_token"');
    if (dpop !== undefined) {
      const proof = String(request.headers.dpop ?? '');
      if (scheme !== 'DPoP' || !(await isOf(proof, known))) return refuse('DPoP error="invalid_dpop_proof"');
      if (dpop.nonce !== undefined && readClaims(proof).nonce !== dpop.nonce)
        return refuse('DPoP error="use_dpop_nonce"', dpop.nonce);
    }
    const call = options.call ?? ((_: string, args: unknown) => answerFor(known.account, args));
    await answerPlainly({ ...options, call })(request, response, message);
  }, options);
  own = upstream.url;
  return upstream;
}

/** A call whose text says so is never answered. */
function answerFor(account: string, args: unknown): Promise<{ readonly content: readonly object[] }> {
  if (JSON.stringify(args).includes('wait for ever')) return new Promise(() => {});
  return Promise.resolve({ content: [{ type: 'text', text: `for ${account}` }] });
}

async function isOf(proof: string, { jkt }: IssuedFor): Promise<boolean> {
  try {
    const { jwk } = decodeProtectedHeader(proof);
    return (await calculateJwkThumbprint(jwk as JWK)) === jkt;
  } catch {
    return false;
  }
}

function readClaims(proof: string): { readonly nonce?: unknown } {
  return JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
