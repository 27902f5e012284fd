import { decodeJwt, importJWK, jwtVerify, SignJWT } from 'jose';
import type { NaiveState } from './naive-state.ts';

const KEY = new TextEncoder().encode('a-long-and-random-enough-signing-key');

/** Issues a token for a client assertion: the signature is checked, and that feels like enough. */
export async function issueNaiveToken(state: NaiveState, assertion: string): Promise<string | undefined> {
  const agent = decodeJwt(assertion).sub ?? '';
  const jwk = state.agents.get(agent);
  if (jwk === undefined) return undefined;
  // Neither audience nor `jti` is looked at: any assertion for any server works here, and works again.
  await jwtVerify(assertion, await importJWK(jwk, jwk.alg ?? 'ES256'));
  return new SignJWT({ scope: 'tools' }).setProtectedHeader({ alg: 'HS256' }).setSubject(agent).sign(KEY);
}

/**
 * The agent that a request speaks for. The token is only decoded, because "the identity provider has checked it";
 * the scheme is whatever came, and a proof of possession is not looked at.
 */
export function readNaiveCaller(authorization: string | undefined): string | undefined {
  const token = authorization?.split(' ')[1];
  if (token === undefined) return undefined;
  try {
    return decodeJwt(token).sub;
  } catch {
    return undefined;
  }
}
