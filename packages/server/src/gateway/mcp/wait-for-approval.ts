import type { Context } from '../../context.ts';
import { hasDeclined } from './pending-reply.ts';
import type { ReadMessage } from './read-message.ts';
import { openRequestState } from './request-state.ts';
import { digestRequest } from './translate-message.ts';

const longestWaitMilliseconds = 20_000;

/**
 * A caller that comes back for an approval still undecided is kept waiting here for a while, before it enters the path:
 * the path itself never waits. The proof it sent stays fresh for longer than this wait.
 */
export async function waitForApproval(
  context: Context,
  upstream: string,
  read: ReadMessage,
  hungUp: AbortSignal,
): Promise<void> {
  const approvalId = findAwaited(context, upstream, read);
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

/** Only for the very request that the state was given out for; anything else the path refuses, with the caller known. */
function findAwaited(context: Context, upstream: string, read: ReadMessage): string | undefined {
  const { requestState } = read.params;
  if (requestState === undefined || hasDeclined(read)) return undefined;
  try {
    const state = openRequestState(context.masterKey, requestState, context.platform.now());
    return state.request === digestRequest(upstream, read) ? state.approval : undefined;
  } catch {
    return undefined;
  }
}
