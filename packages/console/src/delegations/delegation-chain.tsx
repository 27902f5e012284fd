import { describeNarrowing } from '@countersign/core';
import { useQuery } from '@tanstack/react-query';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Named } from '../shown/named.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { type Delegation, delegationChainQuery } from './delegation.ts';

/** Through whom the authority came, from the person down, and what each step dropped. */
export function DelegationChain({ delegationId }: { readonly delegationId: string }) {
  const { data, error } = useQuery(delegationChainQuery(delegationId));
  if (error) return <Refusal error={error} />;
  if (data === undefined) return null;
  return (
    <ol className="chain">
      {data.chain.map((step, at) => (
        <Step key={step.id} step={step} before={data.chain[at - 1]} />
      ))}
    </ol>
  );
}

function Step({ step, before }: { readonly step: Delegation; readonly before: Delegation | undefined }) {
  const dropped = before === undefined ? [] : describeNarrowing(before.limits, step.limits);
  return (
    <li>
      <Named id={step.fromPersonId ?? step.fromAgentId ?? step.rootPersonId} /> → <Named id={step.agentId} />
      {step.state !== 'active' && <span className="tag">{step.state}</span>} <Identifier id={step.id} />
      {dropped.length > 0 && (
        <ul>
          {dropped.map((sentence) => (
            <li key={sentence}>
              <Honest text={sentence} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
