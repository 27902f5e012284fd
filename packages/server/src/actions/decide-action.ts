import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { AskedCall } from './asked.ts';
import { classify } from './classify.ts';
import { decide } from './decide.ts';
import { obtainApproval, refuseDecided } from './obtain-approval.ts';
import { recordDecision } from './record-decision.ts';
import { recordHandover } from './record-handover.ts';
import { recordIntent } from './record-intent.ts';
import { recordRefusal } from './record-refusal.ts';
import { resolveAuthority } from './resolve-authority.ts';
import { type Attempt, allows, type Message, type Recorded } from './stages.ts';
import { startTrace } from './trace.ts';
import { vouch } from './vouch.ts';

export interface AskedDecision {
  readonly effect: 'allow' | 'step_up';
  readonly decisionRecord: string;
  readonly recorded: Recorded;
}

/**
 * The path as far as the durable decision, for an enforcement point that carries the call out itself: an allow counts as
 * a call and spends what it spends, because it will be made. Throws the `AppError` that refused it; either is in the ledger.
 */
export async function decideAction(context: Context, call: AskedCall): Promise<AskedDecision> {
  const attempt = toAttempt(context, call);
  const trace = startTrace(attempt);
  try {
    const authenticated = trace.at('authenticate', await vouch(context, attempt, call));
    const authorised = trace.at('resolve_authority', await resolveAuthority(context, authenticated));
    const classified = trace.at('classify', classify(context, authorised));
    const intended = trace.at('record_intent', recordIntent(context, classified));
    const decided = trace.at('decide', await decide(context, intended));
    const recorded = trace.at('record_decision', await recordDecision(context, decided));
    const { decisionRecord } = recorded;
    if (!allows(recorded)) {
      refuseDecided(context.approvals.findForCall(recorded.callDigest), recorded);
      return { effect: 'step_up', decisionRecord, recorded };
    }
    const released = trace.at('obtain_approval', await obtainApproval(context, recorded));
    if ('pending' in released) throw new AppError('server.internal');
    // Whatever happened while the disk was waited for: a stop that came in between wins.
    const { signal } = released.admission;
    if (signal.aborted) throw signal.reason;
    recordHandover(context, released);
    // What the answer brings is not seen here, so all that was set aside for it stays counted.
    released.reservation?.release();
    return { effect: 'allow', decisionRecord, recorded };
  } catch (thrown) {
    throw await recordRefusal(context, trace, thrown);
  } finally {
    trace.end();
  }
}

const noCredentials = { authorization: [], dpop: [], method: '', url: '', audience: '' };

export function toAttempt(context: Context, call: AskedCall): Attempt {
  const { id, front, upstream, asker, approvalId } = call;
  return {
    ...{ id, front, upstream },
    receivedAt: context.platform.now(),
    credentials: noCredentials,
    asked: { by: asker.point.id, approvalId },
    translate: () => toMessage(call),
    hungUp: new AbortController().signal,
    emit: () => undefined,
  };
}

function toMessage(call: AskedCall): Message {
  return {
    method: 'tools/call',
    operation: 'call',
    target: call.tool,
    arguments: call.arguments,
    outgoing: {},
    isNotification: false,
    traceparent: call.traceparent,
  };
}
