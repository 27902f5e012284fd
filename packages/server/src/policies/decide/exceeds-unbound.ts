import type { Effect } from '@countersign/core';
import type { Config } from '../../config/index.ts';
import type { DecisionRequest } from '../policy-state.ts';

const harmless: readonly Effect[] = ['read'];

/** The effects that a token which proves no possession may not have without a person; none when it may. */
export function exceedsUnbound(
  config: Pick<Config, 'tokens'>,
  { binding, effects }: Pick<DecisionRequest, 'binding' | 'effects'>,
): readonly Effect[] {
  if (binding !== 'none' || config.tokens.unbound === 'policy') return [];
  return effects.filter((effect) => !harmless.includes(effect));
}
