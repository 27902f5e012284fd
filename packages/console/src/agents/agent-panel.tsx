import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { AgentDelegations } from '../delegations/agent-delegations.tsx';
import { useMe } from '../people/use-me.ts';
import { Command } from '../shown/command.tsx';
import { Field } from '../shown/field.tsx';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Moment } from '../shown/moment.tsx';
import { Panel } from '../shown/panel.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { StopLink } from '../signals/stop-link.tsx';
import { StopNotice } from '../signals/stop-notice.tsx';
import { writeStopTarget } from '../signals/stop-target.ts';
import { AgentTasks } from '../tasks/agent-tasks.tsx';
import { type AgentDetail, type AgentKey, agentQuery } from './agent.ts';
import { AgentCalls } from './agent-calls.tsx';
import { AgentPeers } from './agent-peers.tsx';
import { AgentStateMark } from './agent-state-mark.tsx';

/** One agent: who answers for it, what it may do and in plain words, what it is doing. */
export function AgentPanel() {
  const { agentId } = useParams({ from: '/agents/$agentId' });
  const { may } = useMe();
  const { data, error } = useQuery(agentQuery(agentId));
  return (
    <Panel
      title={data === undefined ? 'Agent' : <Honest text={data.name} />}
      close={
        <Link
          data-close
          from="/agents"
          to="/agents"
          search={(now) => now}
          aria-label="Close"
          className="plain"
        >
          ×
        </Link>
      }
    >
      {error && <Refusal error={error} />}
      {data !== undefined && (
        <>
          <StopNotice scope="agent" target={data.id} />
          <Facts agent={data} />
          {may('signals.stop') && (
            <p>
              <StopLink about={writeStopTarget({ scope: 'agent', target: data.id })}>
                Stop this agent
              </StopLink>
            </p>
          )}
          <Keys keys={data.keys} />
          <AgentDelegations agentId={data.id} />
          <AgentPeers agentId={data.id} />
          {may('tasks.read') && <AgentTasks agentId={data.id} />}
          {may('ledger.read') && <AgentCalls agentId={data.id} />}
          <Command text={`countersign agents show ${data.id}`} />
        </>
      )}
    </Panel>
  );
}

function Facts({ agent }: { readonly agent: AgentDetail }) {
  return (
    <dl className="facts">
      <Field name="Id">
        <Identifier id={agent.id} />
      </Field>
      <Field name="State">
        <AgentStateMark agent={agent} />
      </Field>
      <Field name="Owner">
        <Honest text={agent.ownerName} /> <Identifier id={agent.ownerId} isShort />
      </Field>
      <Field name="Environment">
        <Honest text={agent.environment} />
      </Field>
      <Field name="Purpose">
        <Honest text={agent.purpose} />
      </Field>
      <Field name="Registered">
        <Moment at={agent.createdAt} />
      </Field>
    </dl>
  );
}

function Keys({ keys }: { readonly keys: readonly AgentKey[] }) {
  return (
    <section>
      <h3>
        Keys <span className="quiet">{keys.length}</span>
      </h3>
      <ul className="plain-list">
        {keys.map((key) => (
          <li key={key.thumbprint}>
            <Identifier id={key.thumbprint} />
            <span className="quiet block">
              {key.jwk.crv} · added <Moment at={key.createdAt} /> · {key.valid ? 'valid' : 'no longer valid'}
              {key.validUntil !== null && (
                <>
                  {' '}
                  until <Moment at={key.validUntil} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
