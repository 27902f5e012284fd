import type { AdaptiveAttack } from './adaptive-attack.ts';
import { HIDING_VALUES } from './hide-values.ts';
import { REACHING_FURTHER } from './reach-further.ts';
import { TAKING_TIME } from './take-time.ts';

export { type AdaptiveAttack, ATTACK_KINDS, type AttackKind } from './adaptive-attack.ts';

/**
 * Attacks by somebody who knows how the gateway decides, written for this project: reported apart from the recorded ones,
 * and with those that get through.
 */
export const ADAPTIVE_ATTACKS: readonly AdaptiveAttack[] = [
  ...REACHING_FURTHER,
  ...HIDING_VALUES,
  ...TAKING_TIME,
];
