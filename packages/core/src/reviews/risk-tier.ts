import type { Limits } from '../delegations/limits.ts';

/** 0: reads. 1: changes things or sends data out. 2: spends, in bounds. 3: administers, or spends or reaches without a bound. */
export const RISK_TIERS = [0, 1, 2, 3] as const;
export type RiskTier = (typeof RISK_TIERS)[number];

/** How much harm somebody could do with these limits, whatever is made of them. */
export function rankLimits(limits: Limits): RiskTier {
  const has = (effect: Limits['effects'][number]) => limits.effects.includes(effect);
  const isBoundless = limits.upstreams === '*' && limits.actions.includes('*');
  const changes = has('write') || has('egress') || has('spend');
  if (has('admin') || (has('spend') && limits.spendMinor === null) || (isBoundless && changes)) return 3;
  if (has('spend')) return 2;
  return changes ? 1 : 0;
}
