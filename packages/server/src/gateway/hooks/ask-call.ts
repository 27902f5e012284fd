import type { Attempt, ForwardedDecision } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import type { HeldCalls } from './held-calls.ts';

export interface AskedHere {
  readonly context: Context;
  readonly held: HeldCalls;
  /** Of the call, in the caller's words. */
  readonly key: string;
  /** Epoch milliseconds until which a person is waited for. */
  readonly until: number;
  readonly hungUp: AbortSignal;
  waitAside(wait: () => Promise<boolean>): Promise<boolean>;
  decide(attempt: Pick<Attempt, 'id' | 'receivedAt'>): Promise<ForwardedDecision>;
}

/**
 * Decides a call that its caller makes, at most once for its id. A caller that can wait is kept here while a person
 * decides, and enters the path again then: the path itself never waits.
 */
export async function askCall(asked: AskedHere): Promise<ForwardedDecision> {
  const { held, key } = asked;
  held.begin(key);
  try {
    const decision = await decideInTime(asked);
    if (decision.kind === 'allowed') held.allow(key, decision.handed);
    else held.cancel(key);
    return decision;
  } catch (thrown) {
    held.cancel(key);
    throw thrown;
  }
}

async function decideInTime(asked: AskedHere): Promise<ForwardedDecision> {
  const { context, decide, hungUp } = asked;
  const { platform } = context;
  for (;;) {
    const decision = await decide({ id: platform.newId('act'), receivedAt: platform.now() });
    if (decision.kind === 'allowed') return decision;
    const isDecided = await waitForPerson(asked, decision.approval.id);
    if (!isDecided || hungUp.aborted) return decision;
  }
}

/** Whether it is decided now. */
async function waitForPerson(asked: AskedHere, approvalId: string): Promise<boolean> {
  const { context, until, hungUp, waitAside } = asked;
  const isOpen = () => context.approvals.find(approvalId)?.state === 'requested';
  const left = until - context.platform.now();
  if (left <= 0 || !isOpen()) return false;
  const change = () =>
    new Promise<void>((resolve) => {
      const stopListening = context.approvals.onChange(approvalId, () => isOpen() || done());
      const timer = setTimeout(done, left);
      hungUp.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        stopListening();
        hungUp.removeEventListener('abort', done);
        resolve();
      }
    });
  return waitAside(async () => {
    await change();
    return !isOpen();
  });
}
