import type { Effect } from './effects.ts';
import type { JsonObject } from './json-value.ts';
import { listWords } from './name-words.ts';
import type { Reversibility } from './reversibility.ts';

const FINAL_WORDS = listWords(
  `delete remove drop truncate destroy purge erase wipe overwrite reset merge publish send email mail post sms call
   pay payment payments refund transfer payout withdraw charge revoke rotate shutdown execute exec run eval apply`,
);

/**
 * What is spent or sent out cannot be taken back, nor what a word or the upstream's own hint says destroys. Where the
 * upstream says that it only adds, or that it repeats without harm, that is a hint for the person who decides.
 */
export function proposeReversibility(
  effects: readonly Effect[],
  nameWords: readonly string[],
  hints: JsonObject,
  because: string[],
): Reversibility {
  if (effects.every((effect) => effect === 'read')) {
    because.push('what only reads leaves nothing to take back');
    return 'reversible';
  }
  const final = nameWords.find((word) => FINAL_WORDS.has(word));
  if (final !== undefined) {
    because.push(`the word "${final}" in its name suggests that it cannot be taken back`);
    return 'irreversible';
  }
  if (hints.destructiveHint === true) {
    because.push('its annotations say that it destroys');
    return 'irreversible';
  }
  if (effects.includes('spend') || effects.includes('egress')) {
    because.push('what is spent or sent out cannot be taken back');
    return 'irreversible';
  }
  if (hints.destructiveHint === false) {
    because.push('its annotations say that it only adds');
    return 'reversible';
  }
  if (hints.idempotentHint === true)
    because.push('its annotations say that repeating it changes nothing more');
  return 'unknown';
}
