import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { delegationsQuery } from '../delegations/delegation.ts';
import { recordsQuery } from '../ledger/record.ts';
import { useMe } from '../people/use-me.ts';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Moment } from '../shown/moment.tsx';
import type { Agent } from './agent.ts';
import { AgentStateMark } from './agent-state-mark.tsx';

export function AgentRow({ agent, isOpen }: { readonly agent: Agent; readonly isOpen: boolean }) {
  return (
    <tr aria-current={isOpen || undefined}>
      <td>
        <Link
          data-row
          from="/agents"
          to="/agents/$agentId"
          params={{ agentId: agent.id }}
          search={(now) => now}
        >
          <Honest text={agent.name} />
        </Link>{' '}
        <Identifier id={agent.id} isShort />
      </td>
      <td>
        <Honest text={agent.ownerName} />
      </td>
      <td>
        <Honest text={agent.environment} />
      </td>
      <td>
        <AgentStateMark agent={agent} />
      </td>
      <td className="number">
        <DelegationCount agentId={agent.id} />
      </td>
      <td className="time">
        <LastCall agentId={agent.id} />
      </td>
    </tr>
  );
}

function DelegationCount({ agentId }: { readonly agentId: string }) {
  const { data } = useQuery(delegationsQuery(agentId));
  if (data === undefined) return null;
  const active = data.items.filter(({ state }) => state === 'active').length;
  return active === 0 ? <span className="quiet">none</span> : `${active}${data.next === null ? '' : '+'}`;
}

function LastCall({ agentId }: { readonly agentId: string }) {
  const { may } = useMe();
  const search = { agent: agentId, kind: 'action.intent', limit: 1 };
  const { data } = useQuery({
    ...recordsQuery(search),
    enabled: may('ledger.read'),
    refetchInterval: 30_000,
  });
  if (data === undefined) return null;
  const [last] = data.items;
  return last === undefined ? <span className="quiet">never</span> : <Moment at={last.at} />;
}
