import { AppError } from '@countersign/api';
import type { Approval } from '../approvals/index.ts';
import type { Context } from '../context.ts';
import type { Authorised, Intended } from './stages.ts';

type Held = Pick<Authorised, 'token' | 'task'>;

/** A token for one exact call is good for that call and no other, not even for listing tools. */
export function requireExactCall(held: Held, callDigest: string): void {
  if (held.token.callDigest === null) return;
  if (held.token.callDigest !== callDigest) throw new AppError('token.call_mismatch');
  requireUnused(held);
}

/** The task of such a token has room for one call, and what it has used is kept with the decision that used it. */
export function requireUnused({ token, task }: Held): void {
  if (token.callDigest !== null && task.usage.calls > 0) throw new AppError('token.call_used');
}

/** Such a call rests on what a person let happen, whatever policy says by itself. Throws `approval.denied`, `approval.expired`. */
export function requireGivenCall(
  context: Pick<Context, 'approvals'>,
  intended: Intended,
  approval: Approval | null,
): void {
  if (intended.token.callDigest === null || approval !== null) return;
  const asked = context.approvals.findForCall(intended.callDigest);
  throw new AppError(asked?.state === 'denied' ? 'approval.denied' : 'approval.expired');
}
