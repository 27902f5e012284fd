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
import { makeHook } from './make-hook.ts';
import { makeTelemetrySource } from './make-telemetry-source.ts';

export const removeEnforcementPointInput = z.strictObject({ id: idSchema('pep') });

type Changing = Pick<Context, 'platform' | 'store'>;

export interface AddedEnforcementPoint extends EnforcementPoint {
  /** Of a hook or a telemetry source: what it shows with every request; told once, here. */
  readonly secret?: string;
}

/** Lets a program ask for decisions. Throws `token.enforcement_point_exists`, `agent.not_found`, `upstream.not_found`. */
export async function addEnforcementPoint(
  context: Changing & Pick<Context, 'agents' | 'upstreams'>,
  actor: Actor,
  input: z.input<typeof addEnforcementPointInput>,
): Promise<AddedEnforcementPoint> {
  requirePermission(actor, 'tokens.change_enforcement_points');
  const { name, hook: asks, telemetry: tells, ...given } = addEnforcementPointInput.parse(input);
  if (asks !== undefined && tells !== undefined)
    throw new AppError('server.request_invalid', { detail: 'a telemetry source only tells' });
  const id = context.platform.newId('pep');
  const hook = asks && (await makeHook(context, { id, wanted: asks, given }));
  const source = tells && (await makeTelemetrySource(context, { id, wanted: tells, given }));
  // Only the members that make up a public key are kept.
  const keys = given.keys.flatMap((key) => parsePublicJwk(key) ?? []);
  const settings = {
    ...{ ...given, keys },
    ...(hook === undefined ? {} : { hook: hook.settings }),
    ...(source === undefined ? {} : { telemetry: source.settings }),
  };
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
      const { keys, hook: _, telemetry: __, ...told } = settings;
      tx.record({
        id: record,
        kind: 'token.enforcement_point_added',
        at: createdAt,
        causes: [],
        ...(actor.kind === 'person' ? { person: actor.person } : {}),
        body: {
          by: createdBy,
          enforcementPoint: id,
          name,
          keys: keys.length,
          ...told,
          ...hook?.told,
          ...source?.told,
        },
      });
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('token.enforcement_point_exists') : thrown;
  }
  const made = { ...settings, id, name, createdAt, createdBy, record };
  const secret = hook?.secret ?? source?.secret;
  return secret === undefined ? made : { ...made, secret };
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
