import { confirmActive } from './confirm-active.ts';
import { CountersignError } from './countersign-error.ts';
import {
  type CallerOptions,
  type CallerRequest,
  type VerifiedCaller,
  verifyCaller,
} from './verify-caller.ts';

/** Who calls, for as long as it is answered. */
export interface WatchedCaller extends Disposable {
  readonly caller: VerifiedCaller;
  /** Aborts with a `CountersignError` once the caller may not be answered any more. */
  readonly signal: AbortSignal;
}

const betweenMilliseconds = 300;
const longestUnknownMilliseconds = 1_000;

/**
 * For an answer that goes on, such as a stream: verifies the caller as `verifyCaller` does, then asks the issuer again and
 * again, and aborts `signal` within a second of a revocation or of the end of the token or of what it rests on, and when the
 * issuer is silent for two. A caller that wants more then subscribes again, with a token that was decided on anew. Dispose of
 * it when the answer is done.
 */
export async function watchCaller(
  request: CallerRequest,
  options: CallerOptions & { readonly confirm: string },
): Promise<WatchedCaller> {
  const caller = await verifyCaller(request, options);
  const [, token = ''] = (request.headers.get('authorization') ?? '').split(' ');
  const { issuer, confirm, fetch: send = fetch } = options;
  const ending = new AbortController();
  let isDone = false;
  let confirmedAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    try {
      await confirmActive(token, { issuer, confirm, fetch: send });
      confirmedAt = Date.now();
    } catch (thrown) {
      const isUnknown = thrown instanceof CountersignError && thrown.code === 'token.status_unknown';
      if (!isUnknown || Date.now() - confirmedAt > longestUnknownMilliseconds) {
        if (!isDone) ending.abort(thrown);
        return;
      }
    }
    next();
  };
  const next = (): void => {
    if (isDone) return;
    timer = setTimeout(() => void look(), betweenMilliseconds);
  };
  next();
  return {
    caller,
    signal: ending.signal,
    [Symbol.dispose]() {
      isDone = true;
      clearTimeout(timer);
    },
  };
}
