import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMe } from '../people/use-me.ts';
import { Honest } from '../shown/honest.tsx';
import { IdLink } from '../shown/id-link.tsx';
import { Countdown } from '../shown/moment.tsx';
import { openTasksQuery, type Task } from './task.ts';

/** What the agent is working on now. Its own words are marked as such. */
export function AgentTasks({ agentId }: { readonly agentId: string }) {
  const { may } = useMe();
  const { data } = useQuery(openTasksQuery(agentId));
  if (data === undefined) return null;
  return (
    <section>
      <h3>
        Open tasks <span className="quiet">{data.items.length}</span>
      </h3>
      {data.items.length === 0 && <p className="quiet">None. Between tasks it holds no permission.</p>}
      {data.items.map((task) => (
        <article className="card" key={task.id}>
          <p className="quiet">The agent says (not verified):</p>
          <blockquote>
            <Honest text={task.purpose} />
          </blockquote>
          <p className="line">
            <span>
              <Countdown until={task.expiresAt} /> left
            </span>
            <span>{describeUse(task)}</span>
            {task.paused !== null && <strong>paused: {task.paused.cause.replaceAll('_', ' ')}</strong>}
          </p>
          <p className="line">
            <IdLink id={task.id} />
            {may('signals.stop') && (
              <Link to="." search={(now) => ({ ...now, stop: `task:${task.id}` })}>
                stop
              </Link>
            )}
          </p>
        </article>
      ))}
    </section>
  );
}

function describeUse({ used, limits }: Task): string {
  const calls = `${used.calls}${limits.calls === null ? '' : ` of ${limits.calls}`} calls`;
  if (limits.spendMinor === null && used.spendMinor === 0) return calls;
  const most = limits.spendMinor === null ? '' : ` of ${limits.spendMinor}`;
  return `${calls}, ${used.spendMinor}${most} minor units ${limits.currency ?? ''} spent`;
}
