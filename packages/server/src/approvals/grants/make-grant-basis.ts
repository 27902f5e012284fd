import { type GrantBasis, type GrantOrigin, type Requirement, tierOf } from '@countersign/core';
import type { DecisionRequest } from '../../policies/index.ts';
import { readAmount } from '../describe-amount.ts';

const mostOrigins = 64;

/** What a grant of calls like this one can be made of; null for what calls no tool. */
export function makeGrantBasis(
  decision: DecisionRequest,
  requirement: Requirement,
  traces: readonly GrantOrigin[],
): GrantBasis | null {
  const { tool, effects, environment } = decision;
  if (tool === null || decision.operation !== 'call') return null;
  const origins = listOrigins(traces);
  // With more of them than are kept nobody could tell whether another call comes from as good a place.
  if (origins.length > mostOrigins) return null;
  const amount = readAmount(decision, decision.arguments);
  const { amountPointer: pointer, confirmed, reversibility } = tool;
  if (pointer !== null && amount?.currency == null) return null;
  return {
    ...{ toolDigest: tool.digest, environment, effects, origins, confirmed, roles: listBound(tool) },
    tier: tierOf({ effects, reversibility, confirmed, quorum: requirement.quorum }),
    spend:
      pointer === null || amount === null || amount.currency === null
        ? null
        : { pointer, minor: amount.minor, currency: amount.currency },
    endsAt: {
      task: decision.task.expiresAt,
      delegation: Math.min(...decision.task.chain.map(({ limits }) => limits.expiresAt)),
    },
  };
}

/** Where the values of each argument with a role came from, without the values. */
export function listOrigins(traces: readonly GrantOrigin[]): readonly GrantOrigin[] {
  const origins = new Map<string, GrantOrigin>();
  for (const { pointer, role, worst, isContested } of traces) {
    const origin = { pointer, role, worst, ...(isContested === undefined ? {} : { isContested }) };
    origins.set(JSON.stringify(origin), origin);
  }
  return [...origins.values()];
}

/** What names the currency says how much it is, as the amount does. */
function listBound({ argumentRoles, amountCurrency }: NonNullable<DecisionRequest['tool']>) {
  if (amountCurrency === null || !amountCurrency.startsWith('/')) return argumentRoles;
  return [...argumentRoles, { pointer: amountCurrency, role: 'amount' as const }];
}
