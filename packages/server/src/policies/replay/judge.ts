import type { Config } from '../../config/index.ts';
import { evaluate } from '../decide/evaluate.ts';
import { exceedsUnbound } from '../decide/exceeds-unbound.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import type { DecisionRequest } from '../policy-state.ts';
import type { Effect } from './recorded-decision.ts';
import { findUnknownFact } from './unknown-fact.ts';

export type Judged =
  | {
      readonly ok: true;
      readonly effect: Effect;
      /** Those that determined it. */
      readonly policies: readonly string[];
    }
  /** What a policy read and no record holds. */
  | { readonly ok: false; readonly unknown: string };

/** What the path would make of the request under these policies. Takes from no budget and asks nobody. */
export function judge(config: Pick<Config, 'tokens'>, bundle: LiveBundle, request: DecisionRequest): Judged {
  try {
    const { effect, policyIds: policies } = evaluate(bundle, request);
    const isCapped = effect === 'allow' && exceedsUnbound(config, request).length > 0;
    return { ok: true, effect: isCapped ? 'step_up' : effect, policies };
  } catch (thrown) {
    const unknown = findUnknownFact(thrown);
    if (unknown === undefined) throw thrown;
    return { ok: false, unknown: unknown.fact };
  }
}
