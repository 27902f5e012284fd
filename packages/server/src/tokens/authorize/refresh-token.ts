import { createHmac } from 'node:crypto';
import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { chooseResources } from './choose-resources.ts';
import { describeFamily, endFamily, findFamily, type TokenFamily } from './token-family.ts';

const graceMilliseconds = 60_000;
const idleMilliseconds = 30 * 86_400_000;

/** The first refresh token of a family. */
export async function issueRefreshToken(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  familyId: string,
): Promise<string> {
  const token = Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  await insert(context, tx, familyId, token);
  return token;
}

export interface Rotation {
  readonly family: TokenFamily;
  readonly refreshToken: string;
  /** What the access token is for. */
  readonly resources: readonly string[];
}

type Use = 'rotated' | 'repeated' | 'replayed';

/**
 * Uses a refresh token up and returns the next one (RFC 9700 §4.14.2). For a minute a repeated use gets the very same next
 * one, because clients lose answers and run twice; it is recorded. A later use is a replay and ends the family: two
 * holders of one token are found out at the first step they do not take together. Throws `token.grant_invalid`.
 */
export async function rotateRefreshToken(
  context: Context,
  given: { readonly clientId: string; readonly binding: TokenBinding; readonly parameters: TokenParameters },
): Promise<Rotation> {
  const { clientId, binding, parameters } = given;
  const token = parameters.require('refresh_token');
  const next = deriveNext(context, token);
  const used = await context.store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('refresh_tokens')
      .selectAll()
      .where('digest', '=', sha256(token))
      .executeTakeFirst();
    const family = row && (await findFamily(tx, row.family_id));
    if (row === undefined || family === undefined) throw refuse();
    requireHolder(context, family, clientId, binding);
    const resources = chooseResources(family, parameters);
    const use = judgeUse(row.rotated_at, context.platform.now());
    if (use === 'rotated') await rotate(context, tx, row.digest, family, next);
    if (use === 'repeated') recordRepeat(context, tx, family);
    return { use, family, resources };
  });
  if (used.use === 'replayed') {
    await endFamily(context, used.family.id, { reason: 'refresh_replayed', by: 'system:tokens' });
    throw refuse();
  }
  return { family: used.family, resources: used.resources, refreshToken: next };
}

/**
 * Ends the family of a refresh token, used up or not (RFC 7009 §2.1). False for what is none. Throws
 * `token.revocation_refused` for another client's.
 */
export async function revokeRefreshToken(
  context: Context,
  given: { readonly token: string; readonly clientId: string },
): Promise<boolean> {
  const row = await context.store.sql
    .selectFrom('refresh_tokens')
    .innerJoin('token_families', 'token_families.id', 'refresh_tokens.family_id')
    .select(['token_families.id', 'token_families.client_id'])
    .where('refresh_tokens.digest', '=', sha256(given.token))
    .executeTakeFirst();
  if (row === undefined) return false;
  if (row.client_id !== given.clientId) throw new AppError('token.revocation_refused');
  await endFamily(context, row.id, { reason: 'revoked', by: `client:${given.clientId}` });
  return true;
}

/** Bound to its client and, where that proved one, to the key or certificate (RFC 9449 §5). */
function requireHolder(
  context: Pick<Context, 'platform'>,
  family: TokenFamily,
  clientId: string,
  binding: TokenBinding,
): void {
  const now = context.platform.now();
  const key = binding.kind === 'none' ? null : nameBinding(binding);
  if (family.client_id !== clientId || family.jkt !== key || family.ended_at !== null) throw refuse();
  if (family.expires_at <= now || family.used_at + idleMilliseconds <= now) throw refuse();
}

function judgeUse(rotatedAt: number | null, now: number): Use {
  if (rotatedAt === null) return 'rotated';
  return now < rotatedAt + graceMilliseconds ? 'repeated' : 'replayed';
}

async function rotate(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  digest: string,
  family: TokenFamily,
  next: string,
): Promise<void> {
  const now = context.platform.now();
  await tx.sql.updateTable('refresh_tokens').set({ rotated_at: now }).where('digest', '=', digest).execute();
  await insert(context, tx, family.id, next);
  await tx.sql.updateTable('token_families').set({ used_at: now }).where('id', '=', family.id).execute();
}

async function insert(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  familyId: string,
  token: string,
): Promise<void> {
  await tx.sql
    .insertInto('refresh_tokens')
    .values({
      ...{ digest: sha256(token), family_id: familyId },
      ...{ created_at: context.platform.now(), rotated_at: null },
    })
    .execute();
}

function recordRepeat(context: Pick<Context, 'platform'>, tx: Transaction, family: TokenFamily): void {
  tx.record({
    ...describeFamily(context, family),
    id: context.platform.newId('rec'),
    kind: 'token.leniency_used',
    body: { leniency: 'refreshed_again', client: family.client_id, family: family.id },
  });
}

/**
 * The next token follows from this one and the server's key, so that it can be given again without being kept: who has
 * only the table, or only an old token, cannot make it.
 */
function deriveNext(context: Pick<Context, 'masterKey'>, token: string): string {
  return createHmac('sha256', context.masterKey.derive('refresh tokens')).update(token).digest('base64url');
}

function refuse(): AppError {
  return new AppError('token.grant_invalid');
}
