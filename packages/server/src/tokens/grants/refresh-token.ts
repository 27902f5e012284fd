import { grantFamily } from '../authorize/grant-family.ts';
import { rotateRefreshToken } from '../authorize/refresh-token.ts';
import type { Grant } from '../token-grant.ts';

/** RFC 6749 §6: for as long as what the person consented to lasts. */
export const refreshTokenGrant: Grant = {
  type: 'refresh_token',
  clients: 'interactive',
  async grant(context, { client, binding, parameters }) {
    const rotation = await rotateRefreshToken(context, { clientId: client.clientId, binding, parameters });
    return grantFamily(context, rotation, binding);
  },
};
