import type { Context } from '../../../context.ts';
import { refreshRisks } from './refresh-risks.ts';
import { refreshStops } from './refresh-stops.ts';

type Parts = Pick<Context, 'agents' | 'approvals' | 'risk' | 'stops' | 'store'>;

/** What is remembered of a person: their agents' owner, whether those may act, what their votes count, their risk. */
export async function refreshPerson(context: Parts, personId: string): Promise<void> {
  const { agents, approvals, stops, store } = context;
  agents.forgetOwner(personId);
  const person = await store.sql
    .selectFrom('people')
    .select('state')
    .where('id', '=', personId)
    .executeTakeFirst();
  // Cut here as it was cut there; what lifts it again is the look at all stops.
  if (person !== undefined && person.state === 'suspended') stops.apply('owner', personId);
  else await refreshStops(context);
  await refreshRisks(context, [personId]);
  await approvals.refreshVoter(personId);
}
