import { AppError } from '@countersign/api';
import { parseMinute } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, nameActor } from '../../people/index.ts';
import { timeZoneInput } from './rotas.ts';

const clock = z
  .string()
  .refine((text) => parseMinute(text) !== undefined, { message: 'a time such as 22:00' });

export const quietHoursInput = z.strictObject({
  personId: z.string(),
  /** Null: none. */
  hours: z
    .strictObject({ from: clock, until: clock, timeZone: timeZoneInput.default('UTC') })
    .refine(({ from, until }) => from !== until, { message: 'from and until are the same' })
    .nullable(),
});

/**
 * When a person is not told of what waits for them; it changes nothing about what they may decide. Their own, or for an
 * administrator anybody's. Throws `person.forbidden`, `person.not_found`.
 */
export async function setQuietHours(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof quietHoursInput>,
): Promise<void> {
  const { personId, hours } = quietHoursInput.parse(input);
  const isOwn = actor.kind === 'person' && actor.person === personId;
  if (!isOwn && !hasPermission(actor, 'people.change')) throw new AppError('person.forbidden');
  await context.store.transaction(async (tx) => {
    const person = await tx.sql
      .selectFrom('people')
      .select('id')
      .where('id', '=', personId)
      .executeTakeFirst();
    if (person === undefined) throw new AppError('person.not_found');
    await tx.sql.deleteFrom('quiet_hours').where('person_id', '=', personId).execute();
    if (hours !== null) {
      const [from, until] = [parseMinute(hours.from) ?? 0, parseMinute(hours.until) ?? 0];
      const row = { from_minute: from, until_minute: until, time_zone: hours.timeZone };
      await tx.sql
        .insertInto('quiet_hours')
        .values({ person_id: personId, ...row })
        .execute();
    }
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.quiet_hours_set',
      at: context.platform.now(),
      causes: [],
      person: personId,
      body: { by: nameActor(actor), hours },
    });
  });
}
