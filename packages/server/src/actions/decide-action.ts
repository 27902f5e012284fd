import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { AskedCall } from './asked.ts';
import { authenticate } from './authenticate.ts';
import { classify } from './classify.ts';
import { decide } from './decide.ts';
import { type Obtained, obtainApproval, refuseDecided } from './obtain-approval.ts';
import { recordDecision } from './record-decision.ts';
import { describeHanded, type HandedCall, recordHandover } from './record-handover.ts';
import { recordIntent } from './record-intent.ts';
import { recordRefusal } from './record-refusal.ts';
import { resolveAuthority } from './resolve-authority.ts';
import {
  type Attempt,
  type Authenticated,
  allows,
  type Message,
  type Outcome,
  type Recorded,
} from './stages.ts';
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
export function decideAction(context: Context, call: AskedCall): Promise<AskedDecision> {
  const attempt = toAttempt(context, call);
  return follow(
    context,
    attempt,
    () => vouch(context, attempt, call),
    async (recorded) => {
      const { decisionRecord } = recorded;
      if (!allows(recorded)) {
        refuseDecided(context.approvals.findForCall(recorded.callDigest), recorded);
        return { effect: 'step_up', decisionRecord, recorded };
      }
      if ('pending' in (await release(context, recorded))) throw new AppError('server.internal');
      return { effect: 'allow', decisionRecord, recorded };
    },
  );
}

export type ForwardedDecision =
  | {
      readonly kind: 'allowed';
      readonly decisionRecord: string;
      /** Told to the agent. */
      readonly notices: readonly string[];
      readonly handed: HandedCall;
    }
  | (Outcome & { readonly kind: 'pending' });

/**
 * The same for a call that somebody else holds, such as a proxy: the agent shows its own token and proof, which are good
 * for that request alone, or `enter` says who it is; a call that needs a person is asked for as at every door.
 */
export function decideForwarded(
  context: Context,
  attempt: Attempt,
  enter = (): Promise<Authenticated> => authenticate(context, attempt),
): Promise<ForwardedDecision> {
  return follow(context, attempt, enter, async (recorded) => {
    const released = await release(context, recorded);
    if ('pending' in released) return released.pending;
    const { decisionRecord, ruling } = released;
    return { kind: 'allowed', decisionRecord, notices: ruling.notices, handed: describeHanded(released) };
  });
}

async function follow<Decision>(
  context: Context,
  attempt: Attempt,
  enter: () => Promise<Authenticated>,
  end: (recorded: Recorded) => Promise<Decision>,
): Promise<Decision> {
  const trace = startTrace(attempt);
  try {
    const authenticated = trace.at('authenticate', await enter());
    const authorised = trace.at('resolve_authority', await resolveAuthority(context, authenticated));
    const classified = trace.at('classify', classify(context, authorised));
    const intended = trace.at('record_intent', recordIntent(context, classified));
    const decided = trace.at('decide', await decide(context, intended));
    return await end(trace.at('record_decision', await recordDecision(context, decided)));
  } catch (thrown) {
    throw await recordRefusal(context, trace, thrown);
  } finally {
    trace.end();
  }
}

async function release(context: Context, recorded: Recorded): Promise<Obtained> {
  const obtained = await obtainApproval(context, recorded);
  if ('pending' in obtained) return obtained;
  // Whatever happened while the disk was waited for: a stop that came in between wins.
  const { signal } = obtained.admission;
  if (signal.aborted) throw signal.reason;
  recordHandover(context, obtained);
  // What the answer brings is not seen here, so all that was set aside for it stays counted.
  obtained.reservation?.release();
  // Programs that ask through hooks tell it; others bring the agent values that nobody here has seen.
  if (obtained.front !== 'hooks') obtained.task.history.values.markIncomplete();
  return obtained;
}

const noCredentials = { authorization: [], dpop: [], method: '', url: '', audience: '' };

export function toAttempt(context: Context, call: AskedCall): Attempt {
  const { id, front, upstream, asker, approvalId } = call;
  return {
    ...{ id, front, upstream },
    receivedAt: context.platform.now(),
    credentials: noCredentials,
    asked: { by: asker.point.id, approvalId, shapesResults: front === 'authzen' },
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
