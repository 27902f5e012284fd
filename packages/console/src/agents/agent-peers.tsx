import { useQuery } from '@tanstack/react-query';
import { Empty } from '../shown/empty.tsx';
import { Field } from '../shown/field.tsx';
import { Honest } from '../shown/honest.tsx';
import { Moment } from '../shown/moment.tsx';
import { Named } from '../shown/named.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { type AgentCard, type AgentPeer, peersQuery } from './agent-peer.ts';

/** What the world can read of the agent, and which other agents it may call. */
export function AgentPeers({ agentId }: { readonly agentId: string }) {
  const { data, error } = useQuery(peersQuery(agentId));
  if (error) return <Refusal error={error} />;
  if (data === undefined) return null;
  const { card, calledAs, peers } = data;
  return (
    <>
      <section>
        <h3>Card</h3>
        {card === null ? (
          <Empty command={`countersign agents publish-card ${agentId} --at https://…`}>
            None is published: agents elsewhere cannot find it.
          </Empty>
        ) : (
          <Card card={card} />
        )}
        {calledAs.length > 0 && <p>Called through the gateway as {calledAs.join(', ')}.</p>}
      </section>
      <section>
        <h3>
          Peers <span className="quiet">{peers.length}</span>
        </h3>
        {peers.length === 0 && <p className="quiet">It may call no other agent.</p>}
        {peers.map((peer) => (
          <Peer key={peer.upstream} peer={peer} />
        ))}
      </section>
    </>
  );
}

function Card({ card }: { readonly card: AgentCard }) {
  return (
    <article className="card">
      {card.description !== undefined && (
        <p>
          <Honest text={card.description} />
        </p>
      )}
      <dl className="facts">
        <Field name="Listens at">
          <Honest text={card.url} />
          {card.restUrl !== undefined && (
            <>
              {' '}
              and <Honest text={card.restUrl} />
            </>
          )}
        </Field>
        <Field name="Skills">
          {card.skills.length === 0 ? 'none named' : card.skills.map(({ id }) => id).join(', ')}
        </Field>
        <Field name="Published">
          <Moment at={card.publishedAt} />
        </Field>
      </dl>
      <p className="line">
        <a href={card.address}>the card, as others read it</a>
      </p>
    </article>
  );
}

function Peer({ peer }: { readonly peer: AgentPeer }) {
  return (
    <article className="card">
      <p>
        <strong>{peer.upstream}</strong>
        {peer.direct && <span className="tag">direct</span>}
      </p>
      {peer.agentId !== null && (
        <p>
          This is <Named id={peer.agentId} />. It may help with the task where something was passed on to it.
        </p>
      )}
      <p className="quiet">
        {peer.begun === 0 ? 'Nothing begun there in open tasks' : `Begun there in open tasks: ${peer.begun}`}
        {peer.waiting > 0 && `, ${peer.waiting} waiting for a person`}
      </p>
    </article>
  );
}
