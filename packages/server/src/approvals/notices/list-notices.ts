import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import type { Card } from '../../plugins/approval-channel/approval-channel.ts';

export const listNoticesInput = z.strictObject({
  cursor: z
    .string()
    .regex(/^crd_[0-9A-Z]{26}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export interface Notice extends Card {
  readonly createdAt: number;
  readonly changedAt: number;
}

/** The asking person's own inbox, newest first. Throws `person.forbidden` for whoever is none. */
export async function listNotices(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: z.input<typeof listNoticesInput>,
): Promise<{ readonly items: readonly Notice[]; readonly next: string | null }> {
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'an inbox is of a person' });
  const { cursor, limit } = listNoticesInput.parse(input);
  const all = context.store.sql.selectFrom('inbox_cards').selectAll().where('person_id', '=', actor.person);
  // Ids sort by time.
  const rows = await (cursor === undefined ? all : all.where('card_id', '<', cursor))
    .orderBy('card_id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row): Notice => {
    const shown: Card = JSON.parse(row.shown);
    return { ...shown, createdAt: row.created_at, changedAt: row.changed_at };
  });
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
