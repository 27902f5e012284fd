import type { AppError } from '@countersign/api';
import type { ActionScopes, Admission, Stops } from '../../../signals/index.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import type { LegacySession } from './session.ts';

/** A session and the authority that keeps it awake. */
export interface RestingSession {
  readonly session: LegacySession;
  usedAt: number;
  /** Of the task that it rests on; none while it sleeps. */
  admission: Admission | undefined;
}

/**
 * From now on the session rests on this task, and on all that the task does. The end of a task ends what goes on in the
 * session, which then sleeps; the end of anything else ends the session.
 */
export function restOnTask(stops: Pick<Stops, 'admit'>, entry: RestingSession, scopes: ActionScopes): void {
  const { session } = entry;
  // It outlives the token it was used with, and is of no use without another one for the same task.
  const { token: _, ...lasting } = scopes;
  const admission = stops.admit(lasting);
  entry.admission?.release();
  entry.admission = admission;
  session.task = scopes.task;
  const lose = (): void => {
    if (entry.admission !== admission) return;
    const reason: AppError = admission.signal.reason;
    if (reason.code !== 'task.not_open') {
      session.end(reason);
      return;
    }
    entry.admission = undefined;
    admission.release();
    for (const call of session.calls.values()) call.over.abort(reason);
  };
  admission.signal.addEventListener('abort', lose, { once: true });
}

/** An agent's own tasks are kept apart while both are open; a program that a person uses is in its newest. */
export function mayMove({ admission }: RestingSession, token: PresentedToken): boolean {
  return admission === undefined || token.clientId !== token.agentId;
}
