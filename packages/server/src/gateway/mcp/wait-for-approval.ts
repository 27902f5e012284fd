import type { Context } from '../../context.ts';
import type { ReadMessage } from './read-message.ts';
import { openRequestState } from './request-state.ts';

const longestWaitMilliseconds = 20_000;

/**
 * A caller that comes back for an approval still undecided is kept waiting here for a while, before it enters the path:
 * the path itself never waits. The proof it sent stays fresh for longer than this wait.
 */
export async function waitForApproval(
  context: Context,
  read: ReadMessage,
  hungUp: AbortSignal,
): Promise<void> {
  if (read.params.requestState === undefined) return;
  let approvalId: string | undefined;
  try {
    approvalId = openRequestState(
      context.masterKey,
      read.params.requestState,
      context.platform.now(),
    ).approval;
  } catch {
    return; // The path refuses it, with the caller known.
  }
  if (approvalId === undefined) return;
  const approval = context.approvals.find(approvalId);
  if (approval?.state !== 'requested') return;
  await new Promise<void>((resolve) => {
    const stopListening = context.approvals.onChange(approval.id, done);
    const timer = setTimeout(done, longestWaitMilliseconds);
    hungUp.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      stopListening();
      hungUp.removeEventListener('abort', done);
      resolve();
    }
  });
}
