import type { Context } from '../../context.ts';
import type { AuthenticatedClient } from '../authenticate-client.ts';

/** One kind of token that a client may hand back (RFC 7009). */
export interface TokenRevoker {
  /**
   * Ends the token, which is hostile text, if it is of this kind and the client's own. False when it is not of this kind
   * or none at all. Throws `token.revocation_refused` for another client's.
   */
  revoke(context: Context, client: AuthenticatedClient, token: string): Promise<boolean>;
}
