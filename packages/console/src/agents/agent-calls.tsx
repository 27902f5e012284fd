import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { describeRecord } from '../ledger/describe-record.ts';
import { recordsQuery } from '../ledger/record.ts';
import { DecisionMark } from '../shown/decision-mark.tsx';
import { Honest } from '../shown/honest.tsx';
import { Moment } from '../shown/moment.tsx';

/** The newest decisions about its calls. */
export function AgentCalls({ agentId }: { readonly agentId: string }) {
  const search = { agent: agentId, kind: 'action.decision', limit: 8 };
  const { data } = useQuery({ ...recordsQuery(search), refetchInterval: 10_000 });
  if (data === undefined) return null;
  return (
    <section>
      <h3>Last decisions</h3>
      {data.items.length === 0 && <p className="quiet">It has not called anything yet.</p>}
      <ul className="plain-list">
        {data.items.map((record) => {
          const { mark, verdict } = describeRecord(record);
          return (
            <li key={record.id} className="line">
              <Link to="/ledger/$recordId" params={{ recordId: record.id }} search={{ q: agentId }}>
                <Moment at={record.at} />
              </Link>
              <DecisionMark mark={mark} word={verdict} />
              <code>
                <Honest text={[record.upstream, record.tool].filter(Boolean).join('/')} />
              </code>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
