import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { UniqueViolation } from '../../plugins/database/database.ts';
import { introspectionTokenPrefix } from './authenticate-caller.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

export const addIntrospectionClientInput = z.strictObject({
  name,
  upstreams: z
    .union([z.literal('*'), z.array(name).min(1).max(64)])
    .describe('Tokens for these may be asked about, or for any with *.'),
});

export const removeIntrospectionClientInput = z.strictObject({ name });

/** A caller of the introspection endpoint that has no key of its own. `createdAt` in epoch milliseconds. */
export interface IntrospectionClient {
  readonly name: string;
  readonly upstreams: readonly string[] | '*';
  readonly createdAt: number;
  readonly createdBy: string;
}

/** Its token is told here and never again: only its digest is kept. Throws `token.introspection_client_exists`. */
export async function addIntrospectionClient(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<IntrospectionClient & { readonly token: string }> {
  requirePermission(actor, 'tokens.change_introspection');
  const given = addIntrospectionClientInput.parse(input);
  const token =
    introspectionTokenPrefix + Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  const client = { ...given, createdAt: context.platform.now(), createdBy: nameActor(actor) };
  try {
    await context.store.transaction(async (tx) => {
      const row = {
        name: client.name,
        token_digest: sha256(token),
        upstreams: JSON.stringify(client.upstreams),
      };
      await tx.sql
        .insertInto('introspection_clients')
        .values({ ...row, created_at: client.createdAt, created_by: client.createdBy })
        .execute();
      tx.record({
        ...describeChange(context, actor),
        kind: 'token.introspection_client_added',
        body: { by: client.createdBy, name: client.name, upstreams: client.upstreams },
      });
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('token.introspection_client_exists') : thrown;
  }
  return { ...client, token };
}

export async function listIntrospectionClients(
  context: Context,
  actor: Actor,
): Promise<readonly IntrospectionClient[]> {
  requirePermission(actor, 'tokens.change_introspection');
  const rows = await context.store.sql
    .selectFrom('introspection_clients')
    .select(['name', 'upstreams', 'created_at', 'created_by'])
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    upstreams: JSON.parse(row.upstreams) as readonly string[] | '*',
    createdAt: row.created_at,
    createdBy: row.created_by,
  }));
}

/** Its token is worth nothing from now on. Throws `token.introspection_client_not_found`. */
export async function removeIntrospectionClient(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<void> {
  requirePermission(actor, 'tokens.change_introspection');
  const { name: removed } = removeIntrospectionClientInput.parse(input);
  await context.store.transaction(async (tx) => {
    const rows = await tx.sql
      .deleteFrom('introspection_clients')
      .where('name', '=', removed)
      .returning('name')
      .execute();
    if (rows.length === 0) throw new AppError('token.introspection_client_not_found');
    tx.record({
      ...describeChange(context, actor),
      kind: 'token.introspection_client_removed',
      body: { by: nameActor(actor), name: removed },
    });
  });
}

function describeChange({ platform }: Context, actor: Actor) {
  const person = actor.kind === 'person' ? { person: actor.person } : {};
  return { id: platform.newId('rec'), at: platform.now(), causes: [], ...person };
}
