import { AppError } from '@countersign/api';
import { z } from 'zod';
import { loadAgent, requireOwner } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { endToken } from './end-token.ts';

export const revokeTokenInput = z.strictObject({
  tokenId: idSchema('tok'),
  reason: plainLine(500).optional(),
});

export interface RevokedToken {
  readonly id: string;
  readonly agentId: string;
  /** Epoch milliseconds at which it would have ended by itself. */
  readonly expiresAt: number;
  /** Action ids of the calls cut in flight. */
  readonly cut: readonly string[];
}

/** Ends one token, named by its `jti`, and nothing else. Throws `token.not_found` for one that has expired, too. */
export async function revokeToken(context: Context, actor: Actor, input: unknown): Promise<RevokedToken> {
  requirePermission(actor, 'tokens.revoke');
  const { tokenId, reason } = revokeTokenInput.parse(input);
  const { statusLists } = context.tokens;
  if (statusLists.findToken(tokenId) === undefined) await context.tokens.learnListed();
  const token = statusLists.findToken(tokenId);
  if (token === undefined || token.expiresAt <= context.platform.now()) throw new AppError('token.not_found');
  const agent = await loadAgent(context.store.sql, token.agentId);
  requireOwner(actor, agent.owner_id);
  const cut = await endToken(context, {
    ...token,
    by: nameActor(actor),
    ...(reason === undefined ? {} : { reason }),
  });
  return { id: tokenId, agentId: token.agentId, expiresAt: token.expiresAt, cut };
}
