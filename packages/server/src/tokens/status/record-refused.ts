import { toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Claim, isFailure } from '../failure-limit.ts';
import type { PresentedTokenRequest } from '../grant-token.ts';
import { readClaim } from '../read-claim.ts';
import { readTokenParameters, type TokenParameters } from '../token-parameters.ts';

/** Runs what a client asked, and limits, counts and records its refusals as the token endpoint does its own. */
export async function recordRefused<T>(
  context: Pick<Context, 'tokens'>,
  presented: PresentedTokenRequest,
  run: (parameters: TokenParameters, authenticated: () => void) => Promise<T>,
): Promise<T> {
  const { failures, refusals } = context.tokens;
  let claim: Claim = { address: presented.address, client: '' };
  let isKnown = false;
  try {
    const parameters = readTokenParameters(presented.body);
    claim = readClaim(presented, parameters);
    failures.check(claim);
    return await run(parameters, () => {
      isKnown = true;
      failures.succeeded(claim);
    });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!isKnown && isFailure(error)) failures.failed(claim);
    await refusals.record({ reason: error.code, authenticated: false });
    throw error;
  }
}
