import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { UniqueViolation } from '../../plugins/database/database.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { parsePublicJwk } from '../public-jwk.ts';
import {
  addEnforcementPointInput,
  type EnforcementPoint,
  listAllEnforcementPoints,
} from './enforcement-point.ts';

export const removeEnforcementPointInput = z.strictObject({ id: idSchema('pep') });

type Changing = Pick<Context, 'platform' | 'store'>;

/** Lets a program ask for decisions. Throws `token.enforcement_point_exists`. */
export async function addEnforcementPoint(
  context: Changing,
  actor: Actor,
  input: z.input<typeof addEnforcementPointInput>,
): Promise<EnforcementPoint> {
  requirePermission(actor, 'tokens.change_enforcement_points');
  const { name, ...given } = addEnforcementPointInput.parse(input);
  // Only the members that make up a public key are kept.
  const settings = { ...given, keys: given.keys.flatMap((key) => parsePublicJwk(key) ?? []) };
  const id = context.platform.newId('pep');
  const record = context.platform.newId('rec');
  const createdAt = context.platform.now();
  const createdBy = nameActor(actor);
  try {
    await context.store.transaction(async (tx) => {
      await tx.sql
        .insertInto('enforcement_points')
        .values({
          ...{ id, name, record, settings: JSON.stringify(settings) },
          ...{ created_at: createdAt, created_by: createdBy },
        })
        .execute();
      const { keys, ...told } = settings;
      tx.record({
        id: record,
        kind: 'token.enforcement_point_added',
        at: createdAt,
        causes: [],
        ...(actor.kind === 'person' ? { person: actor.person } : {}),
        body: { by: createdBy, enforcementPoint: id, name, keys: keys.length, ...told },
      });
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('token.enforcement_point_exists') : thrown;
  }
  return { ...settings, id, name, createdAt, createdBy, record };
}

export async function listEnforcementPoints(
  context: Changing,
  actor: Actor,
): Promise<readonly EnforcementPoint[]> {
  requirePermission(actor, 'tokens.read_enforcement_points');
  return listAllEnforcementPoints(context);
}

/** Its tokens are worth nothing from now on. Throws `token.enforcement_point_not_found`. */
export async function removeEnforcementPoint(context: Changing, actor: Actor, input: unknown): Promise<void> {
  requirePermission(actor, 'tokens.change_enforcement_points');
  const { id } = removeEnforcementPointInput.parse(input);
  await context.store.transaction(async (tx) => {
    const [removed] = await tx.sql
      .deleteFrom('enforcement_points')
      .where('id', '=', id)
      .returning(['name', 'record'])
      .execute();
    if (removed === undefined) throw new AppError('token.enforcement_point_not_found');
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'token.enforcement_point_removed',
      at: context.platform.now(),
      causes: [removed.record],
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: { by: nameActor(actor), enforcementPoint: id, name: removed.name },
    });
  });
}
