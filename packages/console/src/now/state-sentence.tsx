import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { agentsQuery } from '../agents/agent.ts';
import { approvalsQuery } from '../approvals/approval.ts';
import { useMe } from '../people/use-me.ts';
import { stopsQuery } from '../signals/stop.ts';
import { countPage, type Page } from '../wire/page.ts';

/** One sentence: how many agents may act, what waits for people, what is stopped. */
export function StateSentence() {
  const { may } = useMe();
  const agents = useQuery({ ...agentsQuery({ state: 'active' }), enabled: may('agents.read') });
  const approvals = useInfiniteQuery({ ...approvalsQuery('all'), enabled: may('approvals.read') });
  const stops = useQuery({ ...stopsQuery('inForce'), enabled: may('signals.read') });
  const waiting = approvals.data?.pages[0];
  // Nothing is said before all of it is known: half a sentence can mean the opposite.
  if ([agents, approvals, stops].some(({ isLoading }) => isLoading)) return <h1 className="state">…</h1>;
  return (
    <h1 className="state">
      {agents.data && (
        <>
          <Link to="/agents">{phrase(agents.data, 'agent')}</Link> may act,{' '}
        </>
      )}
      {waiting && (
        <>
          <Link to="/approvals" search={{ filter: 'all' }}>
            {waiting.items.length === 0 ? 'nothing' : phrase(waiting, 'request')}
          </Link>{' '}
          {waiting.items.length === 1 || waiting.items.length === 0 ? 'waits' : 'wait'} for people
        </>
      )}
      {stops.data && (
        <>
          , and{' '}
          <Link to="/signals">
            {stops.data.items.length === 0 ? 'nothing is stopped' : `${phrase(stops.data, 'stop')} in force`}
          </Link>
        </>
      )}
      .
    </h1>
  );
}

function phrase(page: Page<unknown>, noun: string): string {
  const count = countPage(page);
  return `${count} ${noun}${count === '1' ? '' : 's'}`;
}
