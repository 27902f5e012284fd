import type { Context } from '../../context.ts';
import type { DecisionRequest } from '../policy-state.ts';
import type { CounterName } from './counter-name.ts';
import { SlicedCounter } from './sliced-counter.ts';

/** What was used since midnight UTC, for policies to read. Money in the currency of the call at hand; 0 when it spends none. */
export interface UsedToday {
  readonly agentCalls: number;
  readonly agentSpendMinor: number;
  readonly ownerSpendMinor: number;
}

export type Spend = { readonly minor: number; readonly currency: string } | null;

const daySeconds = 86_400;

/** The counters behind `context.today`: of the agent's calls, and with a call that spends, of the agent's and the owner's money. */
export function nameToday({ agent }: Pick<DecisionRequest, 'agent'>, spend: Spend): readonly CounterName[] {
  const name = (per: 'agent' | 'owner', subject: string, unit: string): CounterName => ({
    policyId: '',
    per,
    subject,
    unit,
    windowSeconds: daySeconds,
  });
  const calls = name('agent', agent.id, 'calls');
  if (spend === null) return [calls];
  return [calls, name('agent', agent.id, spend.currency), name('owner', agent.ownerId, spend.currency)];
}

/** The request with what was used today, when a policy in force reads that; else as it is. */
export async function addToday(
  { counters, policies }: Pick<Context, 'counters' | 'policies'>,
  request: DecisionRequest,
  spend: Spend,
): Promise<DecisionRequest> {
  if (policies.live?.limits.readsToday !== true) return request;
  const held = await counters.hold(nameToday(request, spend));
  await counters.slices?.refresh(held.counters.filter((counter) => counter instanceof SlicedCounter));
  const [calls, agentSpend, ownerSpend] = held.counters.map((counter) => counter.usedAt(request.now));
  held.release();
  const today = {
    agentCalls: calls ?? 0,
    agentSpendMinor: agentSpend ?? 0,
    ownerSpendMinor: ownerSpend ?? 0,
  };
  return { ...request, today };
}
