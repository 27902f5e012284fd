import { type RiskLevel, worstRisk } from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';

/** Of everybody whose authority the action rests on; whoever owns an agent that is only called is not among them. */
export function findWorstRisk({ agent, givers, task, risks }: DecisionRequest): RiskLevel {
  if (risks === undefined) return 'low';
  const people = [task.rootPersonId, agent.ownerId, ...givers.map(({ ownerId }) => ownerId)];
  return worstRisk(people.map((id) => risks.get(id) ?? 'low'));
}
