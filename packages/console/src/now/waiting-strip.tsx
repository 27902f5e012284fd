import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Approval, approvalsQuery } from '../approvals/approval.ts';
import { ApprovalRow } from '../approvals/approval-row.tsx';
import { groupByRisk } from '../approvals/group-by-risk.ts';
import { Glyph } from '../shown/decision-mark.tsx';

const shownRequests = 3;

/** The gravest requests that wait for this person; nothing when none does. */
export function WaitingStrip() {
  const query = useInfiniteQuery(approvalsQuery('mine'));
  const waiting = groupByRisk(query.data?.pages.flatMap((page) => page.items) ?? []).flatMap(
    ({ approvals }) => approvals,
  );
  if (waiting.length === 0) return null;
  const more = waiting.length - shownRequests;
  // One of each agent before the second of any: whoever asks much hides nobody.
  const isFirst = ({ id, agentId }: Approval): boolean =>
    waiting.find((one) => one.agentId === agentId)?.id === id;
  const inTurn = [...waiting.filter(isFirst), ...waiting.filter((one) => !isFirst(one))];
  return (
    <section className="waiting" aria-label="Waiting for you">
      <header className="section-header">
        <h2>
          <Glyph mark="ask" />
          Waiting for you
        </h2>
        {more > 0 && <Link to="/approvals">{more} more</Link>}
      </header>
      <ul className="approvals">
        {inTurn.slice(0, shownRequests).map((approval) => (
          <ApprovalRow key={approval.id} approval={approval} />
        ))}
      </ul>
    </section>
  );
}
