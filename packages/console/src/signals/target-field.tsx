import { useQuery } from '@tanstack/react-query';
import { agentsQuery } from '../agents/agent.ts';
import { peopleQuery } from '../people/person.ts';
import { useMe } from '../people/use-me.ts';
import { Named } from '../shown/named.tsx';
import type { StopScope } from './stop.ts';

const hints: Readonly<Record<StopScope, string>> = {
  agent: 'agt_…',
  owner: 'per_…',
  task: 'tsk_…',
  delegation: 'dlg_…',
  tool: '<upstream>/<tool>',
  upstream: 'its name',
  everything: '',
};

/** Which one; agents and people are offered by name. */
export function TargetField({ scope, initial }: { readonly scope: StopScope; readonly initial: string }) {
  const { may } = useMe();
  const agents = useQuery({ ...agentsQuery({}), enabled: scope === 'agent' && may('agents.read') });
  const people = useQuery({ ...peopleQuery, enabled: scope === 'owner' && may('people.read') });
  if (scope === 'everything') return null;
  const offered: readonly (readonly [string, string])[] =
    scope === 'agent'
      ? (agents.data?.items ?? []).map(({ id, name }) => [id, name])
      : (people.data?.items ?? []).map(({ id, displayName }) => [id, displayName]);
  return (
    <label>
      Which
      <input
        name="target"
        className="mono"
        required
        maxLength={512}
        autoComplete="off"
        spellCheck={false}
        list="targets"
        placeholder={hints[scope]}
        defaultValue={initial}
      />
      {/^[a-z]{3}_/.test(initial) && <Named id={initial} />}
      <datalist id="targets">
        {(scope === 'agent' || scope === 'owner') &&
          offered.map(([id, name]) => <option key={id} value={id} label={name} />)}
      </datalist>
    </label>
  );
}
