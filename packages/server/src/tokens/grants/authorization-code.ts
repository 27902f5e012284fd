import { AppError } from '@countersign/api';
import { grantFamily } from '../authorize/grant-family.ts';
import { redeemCode } from '../authorize/redeem-code.ts';
import { findClient } from '../clients/find-client.ts';
import type { Grant } from '../token-grant.ts';

/** RFC 6749 §4.1.3: what a person consented to, for the client that asked. */
export const authorizationCodeGrant: Grant = {
  type: 'authorization_code',
  clients: 'interactive',
  async grant(context, { client, binding, parameters }) {
    const { dpopBound } = await findClient(context, client.clientId);
    // RFC 9449 §5.2: it said itself that it takes no other token.
    if (dpopBound && binding.kind !== 'dpop') throw new AppError('token.proof_invalid');
    const redeemed = await redeemCode(context, { clientId: client.clientId, binding, parameters });
    return grantFamily(context, redeemed, binding);
  },
};
