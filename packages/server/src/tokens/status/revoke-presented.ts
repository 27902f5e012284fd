import type { Context } from '../../context.ts';
import { authenticateClient } from '../authenticate-client.ts';
import type { PresentedTokenRequest } from '../grant-token.ts';
import { revokers } from './list-revokers.ts';
import { recordRefused } from './record-refused.ts';

/**
 * RFC 7009: an authenticated client ends a token of its own. Nothing happens, and nothing is told, for what is no token
 * (§2.2). The hint is not needed: each kind of token knows its own. Throws `AppError`s only.
 */
export async function revokePresented(context: Context, presented: PresentedTokenRequest): Promise<void> {
  await recordRefused(context, presented, async (parameters, authenticated) => {
    const client = await authenticateClient(context, { ...presented, parameters });
    authenticated();
    const token = parameters.require('token');
    for (const revoker of revokers) if (await revoker.revoke(context, client, token)) return;
  });
}
