import { hash } from 'node:crypto';
import { AppError } from '@countersign/api';
import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { chooseResources } from './choose-resources.ts';
import { issueRefreshToken, type Rotation } from './refresh-token.ts';
import { endFamily, type TokenFamily } from './token-family.ts';

type CodeRow = Selectable<Schema['authorization_codes']>;

/**
 * Turns a code into the family of tokens it stands for (RFC 6749 §4.1.3, RFC 7636 §4.6): once, by the client that asked,
 * at the redirect URI it named, with the verifier it kept and the key it named. A second use ends what the first one
 * got. Every failure is the same `token.grant_invalid`.
 */
export async function redeemCode(
  context: Context,
  given: { readonly clientId: string; readonly binding: TokenBinding; readonly parameters: TokenParameters },
): Promise<Rotation> {
  const { parameters } = given;
  const code = parameters.require('code');
  const redirectUri = parameters.require('redirect_uri');
  const verifier = parameters.require('code_verifier');
  const redeemed = await context.store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('authorization_codes')
      .selectAll()
      .where('digest', '=', sha256(code))
      .executeTakeFirst();
    if (row === undefined) throw refuse();
    if (row.used_at !== null) return { replayed: row.family_id };
    if (row.client_id !== given.clientId || row.redirect_uri !== redirectUri) throw refuse();
    if (row.expires_at <= context.platform.now() || !isVerifierOf(verifier, row.code_challenge))
      throw refuse();
    const { binding } = given;
    if (row.dpop_jkt !== null && (binding.kind !== 'dpop' || binding.jkt !== row.dpop_jkt)) throw refuse();
    const resources = chooseResources(row, parameters);
    const family = await saveFamily(context, tx, row, binding);
    return { family, resources, refreshToken: await issueRefreshToken(context, tx, family.id) };
  });
  if (redeemed.family !== undefined) return redeemed;
  if (redeemed.replayed !== null) {
    await endFamily(context, redeemed.replayed, { reason: 'code_replayed', by: 'system:tokens' });
  }
  throw refuse();
}

async function saveFamily(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  row: CodeRow,
  binding: TokenBinding,
): Promise<TokenFamily> {
  const now = context.platform.now();
  const delegation = await tx.sql
    .selectFrom('delegations')
    .select('expires_at')
    .where('id', '=', row.delegation_id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (delegation === undefined || delegation.expires_at <= now) throw refuse();
  const family: TokenFamily = {
    id: context.platform.newId('fam'),
    client_id: row.client_id,
    person_id: row.person_id,
    agent_id: row.agent_id,
    delegation_id: row.delegation_id,
    resources: row.resources,
    jkt: binding.kind === 'none' ? null : nameBinding(binding),
    task_ids: '[]',
    created_at: now,
    used_at: now,
    expires_at: delegation.expires_at,
    ended_at: null,
    end_reason: null,
  };
  await tx.sql.insertInto('token_families').values(family).execute();
  await tx.sql
    .updateTable('authorization_codes')
    .set({ used_at: now, family_id: family.id })
    .where('digest', '=', row.digest)
    .execute();
  return family;
}

function isVerifierOf(verifier: string, challenge: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && hash('sha256', verifier, 'base64url') === challenge;
}

function refuse(): AppError {
  return new AppError('token.grant_invalid');
}
