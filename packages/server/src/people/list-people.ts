import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Actor } from './actor.ts';
import { type Person, readPerson } from './person.ts';
import { personId } from './person-input.ts';
import { requirePermission } from './require-permission.ts';

export const listPeopleInput = z.strictObject({
  cursor: personId.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export interface PeoplePage {
  readonly items: readonly Person[];
  readonly next: string | null;
}

/** In the order of joining the house. */
export async function listPeople(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: z.input<typeof listPeopleInput>,
): Promise<PeoplePage> {
  requirePermission(actor, 'people.read');
  const { cursor, limit } = listPeopleInput.parse(input);
  const rows = await context.store.sql
    .selectFrom('people')
    .selectAll()
    .$if(cursor !== undefined, (query) => query.where('id', '>', cursor ?? ''))
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(readPerson);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
