import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { sha256 } from '../../../platform/sha256.ts';
import { idSchema } from '../../../wire/id-schema.ts';
import { plainLine } from '../../../wire/plain-text.ts';
import { type Actor, nameActor } from '../../actor.ts';
import { requirePermission } from '../../require-permission.ts';
import { type ScimTokenView, showToken } from './token-view.ts';

const daySeconds = 86_400;

export const addTokenInput = z.strictObject({
  name: plainLine(80),
  /** Tokens of one directory keep the same people; those of another see none of them. */
  directory: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .default('main'),
  /** Whether it may keep agents too. */
  agents: z.boolean().default(false),
  lifetimeSeconds: z
    .number()
    .int()
    .min(60)
    .max(730 * daySeconds)
    .default(180 * daySeconds),
});

type Tokens = Pick<Context, 'platform' | 'store'>;

/** Makes a token for a directory. It is shown once; its digest alone is kept. */
export async function addToken(
  context: Tokens,
  actor: Actor,
  input: z.input<typeof addTokenInput>,
): Promise<ScimTokenView & { readonly token: string }> {
  requirePermission(actor, 'people.change_directories');
  const { name, directory, agents, lifetimeSeconds } = addTokenInput.parse(input);
  const now = context.platform.now();
  const id = context.platform.newId('sct');
  const secret = Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  const row = {
    ...{ id, digest: sha256(secret), name, directory, agents: agents ? 1 : 0, created_at: now },
    ...{ expires_at: now + lifetimeSeconds * 1000, last_used_at: null, removed_at: null },
  };
  await context.store.transaction(async (tx) => {
    await tx.sql.insertInto('scim_tokens').values(row).execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.scim_token_added',
      at: now,
      causes: [],
      body: { by: nameActor(actor), token: id, name, directory, agents, expiresAt: row.expires_at },
    });
  });
  return { ...showToken(row), token: `${id}.${secret}` };
}

/** Those that were not removed, the newest first. */
export async function listTokens(context: Tokens, actor: Actor): Promise<readonly ScimTokenView[]> {
  requirePermission(actor, 'people.change_directories');
  const rows = await context.store.sql
    .selectFrom('scim_tokens')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(1_000)
    .execute();
  return rows.map(showToken);
}

export const removeTokenInput = z.strictObject({ tokenId: idSchema('sct') });

/** Bites on the directory's next request; what it provisioned stays. Throws `person.scim_not_found`. */
export async function removeToken(context: Tokens, actor: Actor, input: unknown): Promise<void> {
  requirePermission(actor, 'people.change_directories');
  const { tokenId } = removeTokenInput.parse(input);
  await context.store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('scim_tokens')
      .selectAll()
      .where('id', '=', tokenId)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) throw new AppError('person.scim_not_found');
    const now = context.platform.now();
    await tx.sql.updateTable('scim_tokens').set({ removed_at: now }).where('id', '=', tokenId).execute();
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.scim_token_removed',
      at: now,
      causes: [],
      body: { by: nameActor(actor), token: tokenId, name: row.name, directory: row.directory },
    });
  });
}
