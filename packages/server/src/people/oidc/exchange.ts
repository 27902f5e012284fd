import { AppError } from '@countersign/api';
import type { Configuration } from 'openid-client';
import type { Flow } from './flow.ts';
import { callbackUrl, type Issuer, signingAlgorithms } from './issuer.ts';
import { type Claims, readClaims } from './read-claims.ts';

type Library = typeof import('openid-client');

/**
 * Turns what the browser brought back into what the issuer says of the person: `iss` (RFC 9207), state, code with PKCE,
 * and the ID token's signature, issuer, audience, time, nonce and `auth_time` are verified. Throws `person.oidc_refused`,
 * `person.oidc_denied` and `person.oidc_unavailable`, none of which repeats what the issuer wrote.
 */
export async function exchangeCode(
  issuer: Issuer,
  flow: Flow,
  answer: { readonly publicUrl: string; readonly query: string },
): Promise<Claims> {
  const { settings } = issuer;
  const { library, client } = await issuer.open();
  // From the configured address and not from the request, which could name another.
  const url = new URL(`${callbackUrl(answer.publicUrl)}${answer.query}`);
  try {
    const tokens = await library.authorizationCodeGrant(client, url, {
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.verifier,
      idTokenExpected: true,
      ...(settings.maxAgeSeconds === undefined ? {} : { maxAge: settings.maxAgeSeconds }),
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('no ID token');
    requireAlgorithm(tokens.id_token);
    const more = await askForMore(library, client, { claims, accessToken: tokens.access_token });
    return readClaims({ ...more, ...claims }, settings);
  } catch (thrown) {
    throw explain(library, thrown);
  }
}

/** The library takes what the issuer's metadata offers; this list is ours. */
function requireAlgorithm(idToken: string | undefined): void {
  const [head = ''] = (idToken ?? '').split('.');
  const { alg }: { alg?: unknown } = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
  if (!signingAlgorithms.some((one) => one === alg)) throw new Error('the algorithm of its ID token');
}

interface Asked {
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string };
  readonly accessToken: string;
}

/** What a thin ID token leaves out; what the signed token says wins. */
async function askForMore(
  library: Library,
  client: Configuration,
  { claims, accessToken }: Asked,
): Promise<Readonly<Record<string, unknown>>> {
  const isWhole = claims.email !== undefined && claims.groups !== undefined;
  if (isWhole || client.serverMetadata().userinfo_endpoint === undefined) return {};
  return library.fetchUserInfo(client, accessToken, claims.sub);
}

function explain(library: Library, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof library.AuthorizationResponseError) {
    return new AppError('person.oidc_denied', { cause: thrown.error });
  }
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1) {
    if (error instanceof AppError) return new AppError('person.oidc_unavailable', { cause: error });
  }
  // Only its code: its text and causes hold what the issuer answered.
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
  return new AppError('person.oidc_refused', { cause: code.slice(0, 64) });
}
