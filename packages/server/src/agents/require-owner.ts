import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import { type Actor, hasPermission, isAllowed } from '../people/index.ts';
import type { Schema } from '../plugins/database/schema.ts';

/** Throws `person.forbidden` unless the actor is that person, or administers: owners act on what is theirs. */
export function requireOwner(actor: Actor, ownerId: string): void {
  if (actor.kind === 'person' && actor.person === ownerId) return;
  // Only administrators hold this one, and they alone act for others.
  if (!hasPermission(actor, 'people.change')) throw new AppError('person.forbidden');
}

/** Throws `person.not_found` unless the person exists and is active: nobody else can be accountable. */
export async function requireActivePerson(sql: Kysely<Schema>, personId: string): Promise<void> {
  const row = await sql.selectFrom('people').select('state').where('id', '=', personId).executeTakeFirst();
  if (row?.state !== 'active') throw new AppError('person.not_found');
}

/** Throws `person.not_found` unless the person is active and has a role that lets them own agents. */
export async function requireMayOwn(sql: Kysely<Schema>, personId: string): Promise<void> {
  if (!(await isAllowed({ sql }, personId, 'agents.change')))
    throw new AppError('person.not_found', { detail: 'nobody active who may own agents' });
}
