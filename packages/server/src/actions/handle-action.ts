import type { Context } from '../context.ts';
import { authenticate } from './authenticate.ts';
import { classify } from './classify.ts';
import { decide } from './decide.ts';
import { forward } from './forward.ts';
import { injectSecret } from './inject-secret.ts';
import { inspectResult } from './inspect-result.ts';
import { obtainApproval } from './obtain-approval.ts';
import { recordDecision } from './record-decision.ts';
import { recordIntent } from './record-intent.ts';
import { recordOutcome } from './record-outcome.ts';
import { recordRefusal } from './record-refusal.ts';
import { resolveAuthority } from './resolve-authority.ts';
import type { Attempt, Outcome } from './stages.ts';
import { startTrace } from './trace.ts';

/**
 * The path of an action. Each step takes what the one before returned, so leaving one out does not compile.
 * Returns how it ended, or throws the `AppError` that refused it; either is in the ledger by then.
 */
export async function handleAction(context: Context, attempt: Attempt): Promise<Outcome> {
  const trace = startTrace(attempt);
  try {
    const authenticated = trace.at('authenticate', await authenticate(context, attempt));
    const authorised = trace.at('resolve_authority', await resolveAuthority(context, authenticated));
    const classified = trace.at('classify', classify(context, authorised));
    const intended = trace.at('record_intent', recordIntent(context, classified));
    const decided = trace.at('decide', await decide(context, intended));
    const recorded = trace.at('record_decision', await recordDecision(context, decided));
    const released = trace.at('obtain_approval', await obtainApproval(context, recorded));
    if ('pending' in released) return released.pending;
    const armed = trace.at('inject_secret', await injectSecret(context, released));
    const forwarded = trace.at('forward', await forward(context, armed));
    const inspected = trace.at('inspect_result', inspectResult(context, forwarded));
    return trace.at('record_outcome', recordOutcome(context, inspected));
  } catch (thrown) {
    throw await recordRefusal(context, trace, thrown);
  } finally {
    trace.end();
  }
}
