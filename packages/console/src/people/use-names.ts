import { useQuery } from '@tanstack/react-query';
import { agentsQuery } from '../agents/agent.ts';
import { peopleQuery } from './person.ts';
import { useMe } from './use-me.ts';

/** Names of people and agents by id, as far as this person may read them; an unknown id has none. */
export function useNames(): ReadonlyMap<string, string> {
  const { me, may } = useMe();
  const people = useQuery({ ...peopleQuery, enabled: may('people.read') });
  const agents = useQuery({ ...agentsQuery({}), enabled: may('agents.read') });
  return new Map([
    [me.id, me.displayName],
    ...(people.data?.items ?? []).map(({ id, displayName }) => [id, displayName] as const),
    ...(agents.data?.items ?? []).map(({ id, name }) => [id, name] as const),
  ]);
}
