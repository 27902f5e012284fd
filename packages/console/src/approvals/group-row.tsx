import { Honest } from '../shown/honest.tsx';
import { Countdown } from '../shown/moment.tsx';
import type { Approval } from './approval.ts';

/** Several requests of the same kind. It leads to the server's page that lists every one, where one signature decides them. */
export function GroupRow({
  groupId,
  approvals,
}: {
  readonly groupId: string;
  readonly approvals: readonly Approval[];
}) {
  const [first] = approvals;
  if (first === undefined) return null;
  const { presented, upstream, tool } = first;
  const isProduction = /^prod/i.test(presented.environment);
  const soonest = Math.min(...approvals.map(({ expiresAt }) => expiresAt));
  return (
    <li>
      <a data-row href={`/approvals/groups/${groupId}`}>
        <span className="sentence">
          <b>
            <Honest text={presented.agentName} />
          </b>{' '}
          wants to call{' '}
          <b>
            <Honest text={`${upstream}/${tool}`} />
          </b>{' '}
          <b>{approvals.length} times</b>
        </span>
        <span className="about">
          <span className={isProduction ? 'environment production' : 'environment'}>
            <Honest text={presented.environment} />
          </span>
          <span>
            <Honest text={presented.consequence} />
          </span>
          <span className="quiet">each listed with its arguments, decided with one signature</span>
        </span>
      </a>
      <span className="standing">
        <span className="left">
          <Countdown until={soonest} /> <span className="quiet">until the first is denied</span>
        </span>
      </span>
    </li>
  );
}
