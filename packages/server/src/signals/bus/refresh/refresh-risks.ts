import type { Context } from '../../../context.ts';

/** Says of these people, or of everybody, what the database says of their risk. */
export async function refreshRisks(
  { risk, store }: Pick<Context, 'risk' | 'store'>,
  personIds?: readonly string[],
): Promise<void> {
  // In the writer's turn, as for stops.
  await store.transaction(async (tx) => {
    const notes = await tx.sql
      .selectFrom('person_risks')
      .select(['person_id', 'source', 'level', 'expires_at'])
      .$if(personIds !== undefined, (query) => query.where('person_id', 'in', personIds ?? []))
      .execute();
    tx.afterCommit(() => {
      for (const personId of personIds ?? risk.people()) risk.lift(personId);
      for (const { person_id, source, level, expires_at } of notes)
        risk.apply({ personId: person_id, source, level, expiresAt: expires_at });
    });
  });
}
