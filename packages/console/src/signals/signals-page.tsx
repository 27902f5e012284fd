import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useMe } from '../people/use-me.ts';
import { Choices, exactly } from '../shown/choices.tsx';
import { Command } from '../shown/command.tsx';
import { Empty } from '../shown/empty.tsx';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Moment } from '../shown/moment.tsx';
import { Named } from '../shown/named.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { postJson } from '../wire/request.ts';
import { type Stop, stopsQuery } from './stop.ts';

/** The stops in force, and all there were. */
export function SignalsPage() {
  const { state = 'inForce' } = useSearch({ from: '/signals' });
  const { may } = useMe();
  const { data, error } = useQuery(stopsQuery(state));
  return (
    <div className="page">
      <title>Stops · Countersign</title>
      <header className="page-header">
        <h1>Stops</h1>
        <Choices name="Which stops">
          <Link activeOptions={exactly} to="/signals" search={{}}>
            In force
          </Link>
          <Link activeOptions={exactly} to="/signals" search={{ state: 'all' }}>
            All
          </Link>
        </Choices>
      </header>
      {error && <Refusal error={error} />}
      {data?.items.length === 0 && (
        <Empty command="countersign signals stop agent agt_… --reason 'why'">
          Nothing is stopped. A stop refuses every next call and cuts those in flight, until somebody lifts
          it.
        </Empty>
      )}
      {data !== undefined && data.items.length > 0 && (
        <table className="rows">
          <thead>
            <tr>
              <th>Since</th>
              <th>Stopped</th>
              <th>By</th>
              <th>Reason</th>
              <th>Id</th>
              <th>Lifted</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((stop) => (
              <StopRow key={stop.id} stop={stop} mayLift={may('signals.lift')} />
            ))}
          </tbody>
        </table>
      )}
      <Command text={`countersign signals list${state === 'all' ? ' --all' : ''}`} />
    </div>
  );
}

function StopRow({ stop, mayLift }: { readonly stop: Stop; readonly mayLift: boolean }) {
  const client = useQueryClient();
  const lift = useMutation({
    mutationFn: () => postJson<Stop>(`/v1/signals/${stop.id}/lift`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: ['stops'] }),
  });
  return (
    <tr>
      <td className="time">
        <Moment at={stop.at} />
      </td>
      <td>
        <span className="quiet">{stop.scope}</span>{' '}
        {stop.scope !== 'everything' &&
          (stop.target.includes('_') ? <Named id={stop.target} /> : <Honest text={stop.target} />)}
      </td>
      <td>
        <Named id={stop.by} />
      </td>
      <td>
        <Honest text={stop.reason} />
      </td>
      <td>
        <Identifier id={stop.id} isShort />
      </td>
      <td>
        {stop.liftedAt !== null && <Moment at={stop.liftedAt} />}
        {stop.liftedAt === null && mayLift && (
          <button type="button" disabled={lift.isPending} onClick={() => lift.mutate()}>
            Lift
          </button>
        )}
        {stop.liftedAt === null && !mayLift && <span className="quiet">in force</span>}
        {lift.error && <Refusal error={lift.error} />}
      </td>
    </tr>
  );
}
