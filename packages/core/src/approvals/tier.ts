import type { Effect } from '../actions/effects.ts';
import type { Reversibility } from '../actions/reversibility.ts';

/** How much care a decision needs: 0 reads, 1 can be taken back, 2 has consequences, 3 is the gravest there is. */
export type Tier = 0 | 1 | 2 | 3;

interface Weighed {
  readonly effects: readonly Effect[];
  readonly reversibility: Reversibility;
  /** Whether a person has confirmed what the tool does. */
  readonly confirmed: boolean;
  /** How many people policy wants to agree. */
  readonly quorum: number;
}

const GRAVE: ReadonlySet<Effect> = new Set(['spend', 'admin']);
const OUTWARD: ReadonlySet<Effect> = new Set(['spend', 'admin', 'egress']);

/**
 * The one place that says how grave an action is. 3: policy asks more than one person, or money or access changes and
 * cannot be taken back. 2: money, access or data leaves, or nobody has said that it can be taken back, or what it does. 1: a
 * change that can be taken back. 0: only reads.
 */
export function tierOf({ effects, reversibility, confirmed, quorum }: Weighed): Tier {
  const isFinal = reversibility === 'irreversible';
  if (quorum > 1 || (isFinal && effects.some((effect) => GRAVE.has(effect)))) return 3;
  if (!confirmed || isFinal || effects.some((effect) => OUTWARD.has(effect))) return 2;
  if (effects.every((effect) => effect === 'read')) return 0;
  return reversibility === 'reversible' ? 1 : 2;
}
