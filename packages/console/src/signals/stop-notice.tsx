import { useQuery } from '@tanstack/react-query';
import { DecisionMark } from '../shown/decision-mark.tsx';
import { Honest } from '../shown/honest.tsx';
import { Moment } from '../shown/moment.tsx';
import { Named } from '../shown/named.tsx';
import { type StopScope, stopsQuery } from './stop.ts';

/** Says so when a stop on this, or on everything, is in force. */
export function StopNotice({ scope, target }: { readonly scope: StopScope; readonly target: string }) {
  const { data } = useQuery(stopsQuery('inForce'));
  const stops = (data?.items ?? []).filter(
    (stop) => stop.scope === 'everything' || (stop.scope === scope && stop.target === target),
  );
  return stops.map((stop) => (
    <p key={stop.id} className="stop-notice">
      <DecisionMark mark="deny" word="Stopped" /> {stop.scope === 'everything' && 'with everything '}by{' '}
      <Named id={stop.by} /> at <Moment at={stop.at} />: <Honest text={stop.reason} />
    </p>
  ));
}
