import type { Context } from '../../../context.ts';
import type { Refreshers } from './refreshers.ts';

type Parts = Pick<Context, 'agents' | 'approvals' | 'stops' | 'store'>;

/** What is remembered of a person: their agents' owner, whether those may act, what their votes count, their risk. */
export async function refreshPerson(
  { agents, approvals, stops, store }: Parts,
  own: Pick<Refreshers, 'stops' | 'risks'>,
  personId: string,
): Promise<void> {
  agents.forgetOwner(personId);
  const person = await store.sql
    .selectFrom('people')
    .select('state')
    .where('id', '=', personId)
    .executeTakeFirst();
  // Cut here as it was cut there; the look at all stops lifts it when it is over.
  if (person?.state === 'suspended') stops.apply('owner', personId);
  await own.stops();
  await own.risks(personId);
  await approvals.refreshVoter(personId);
}
