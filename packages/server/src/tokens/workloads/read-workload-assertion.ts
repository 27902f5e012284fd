import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { isIdJag } from '../../organisations/index.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { isWorkloadAssertion } from './authenticate-workload.ts';

export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** draft-ietf-oauth-spiffe-client-auth §4.1, and RFC 7523 §2.2 when a trusted platform made the assertion. */
const spiffeAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';
const bearerAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * What a platform says of the client, where the request shows it: as its authentication or, in the grant of RFC 7523 §2.1,
 * as the grant, never both (RFC 6749 §2.3). Undefined for other clients.
 */
export function readWorkloadAssertion(
  context: Pick<Context, 'workloads'>,
  parameters: TokenParameters,
): string | undefined {
  const shown = parameters.take('client_assertion');
  // What an organisation says is a grant and nobody's authentication.
  const isVouched = isIdJag(parameters.take('assertion') ?? '');
  if (parameters.take('grant_type') === jwtBearerGrantType && !isVouched) {
    if (shown !== undefined) {
      throw new AppError('token.request_invalid', { detail: 'the grant is the authentication' });
    }
    return parameters.require('assertion');
  }
  if (shown === undefined) return undefined;
  const type = parameters.take('client_assertion_type');
  if (type === spiffeAssertionType) return shown;
  return type === bearerAssertionType && isWorkloadAssertion(context, shown) ? shown : undefined;
}
