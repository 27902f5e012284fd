import { useQuery } from '@tanstack/react-query';
import { Empty } from '../shown/empty.tsx';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Named } from '../shown/named.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { type Delegation, delegationsQuery } from './delegation.ts';
import { DelegationChain } from './delegation-chain.tsx';

/** What the agent may do, in sentences; what has ended is folded away. */
export function AgentDelegations({ agentId }: { readonly agentId: string }) {
  const { data, error } = useQuery(delegationsQuery(agentId));
  if (error) return <Refusal error={error} />;
  if (data === undefined) return null;
  const active = data.items.filter(({ state }) => state === 'active');
  const ended = data.items.filter(({ state }) => state !== 'active');
  return (
    <section>
      <h3>
        May do <span className="quiet">{active.length}</span>
      </h3>
      {active.length === 0 && (
        <Empty
          command={`countersign delegations create --agent ${agentId} --purpose "what it is for" --allow '*'`}
        >
          Nothing: nobody has delegated anything to it.
        </Empty>
      )}
      {active.map((delegation) => (
        <OneDelegation key={delegation.id} delegation={delegation} />
      ))}
      {ended.length > 0 && (
        <details>
          <summary>{ended.length} ended</summary>
          {ended.map((delegation) => (
            <OneDelegation key={delegation.id} delegation={delegation} />
          ))}
        </details>
      )}
    </section>
  );
}

function OneDelegation({ delegation }: { readonly delegation: Delegation }) {
  const from = delegation.fromPersonId ?? delegation.fromAgentId ?? delegation.rootPersonId;
  return (
    <article className="card">
      <p>
        From <Named id={from} />: <Honest text={delegation.purpose} />
        {delegation.isDefault && <span className="tag">default</span>}
        {delegation.state !== 'active' && <span className="tag">{delegation.state}</span>}
        {delegation.taskId !== null && <span className="tag">ends with a task</span>}
      </p>
      <ul>
        {delegation.description.map((sentence) => (
          <li key={sentence}>
            <Honest text={sentence} />
          </li>
        ))}
      </ul>
      <Identifier id={delegation.id} />
      {delegation.parentId !== null && (
        <details>
          <summary>Through whom it came</summary>
          <DelegationChain delegationId={delegation.id} />
        </details>
      )}
    </article>
  );
}
