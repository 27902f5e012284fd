import { sha256 } from '../platform/sha256.ts';
import { decodeJsonSegment, splitCompactJws } from './compact-jws.ts';
import type { Claim } from './failure-limit.ts';
import type { PresentedTokenRequest } from './grant-token.ts';
import type { TokenParameters } from './token-parameters.ts';

const longestClient = 128;
const longestAssertion = 4096;

/** Who an unverified, hostile request says it is. Nothing is looked up. */
export function readClaim(
  presented: Pick<PresentedTokenRequest, 'address' | 'authorization'>,
  parameters: TokenParameters,
): Claim {
  return { address: presented.address, client: readClient(presented.authorization, parameters) };
}

function readClient(authorization: readonly string[], parameters: TokenParameters): string {
  const [header] = authorization;
  // Its digest: a credential is kept nowhere.
  if (header !== undefined) return sha256(header);
  const named = parameters.all('client_id')[0] ?? readSubject(parameters.all('client_assertion')[0]);
  return (named ?? '').slice(0, longestClient);
}

function readSubject(assertion: string | undefined): string | undefined {
  const jws = assertion === undefined ? undefined : splitCompactJws(assertion, longestAssertion);
  const subject = jws && decodeJsonSegment(jws.payloadSegment)?.sub;
  return typeof subject === 'string' ? subject : undefined;
}
