import type { Context } from '../../../context.ts';

/** Says of this person, or of everybody, what the database says of their risk. */
export function createRiskRefresher({
  risk,
  store,
}: Pick<Context, 'risk' | 'store'>): (personId?: string) => Promise<void> {
  // A risk counts before it is written: only what the database had is lifted.
  let known = new Map<string, { readonly personId: string; readonly source: string }>();
  return async (personId) => {
    await store.transaction(async (tx) => {
      const rows = await tx.sql
        .selectFrom('person_risks')
        .select(['person_id', 'source', 'level', 'expires_at'])
        .$if(personId !== undefined, (query) => query.where('person_id', '=', personId ?? ''))
        .execute();
      tx.afterCommit(() => {
        const now = new Map(
          rows.map(({ person_id, source, level, expires_at }) => [
            `${person_id} ${source}`,
            { personId: person_id, source, level, expiresAt: expires_at },
          ]),
        );
        const others = [...known].filter(([, note]) => personId !== undefined && note.personId !== personId);
        for (const [name, note] of known) {
          const isAsked = personId === undefined || note.personId === personId;
          if (isAsked && !now.has(name)) risk.lift(note.personId, note.source);
        }
        for (const note of now.values()) risk.apply(note);
        known = new Map([...others, ...now]);
      });
    });
  };
}
