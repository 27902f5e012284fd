import type { JsonObject, JsonValue } from '@countersign/core';
import type { Outcome } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import type { PresentedToken } from '../../tokens/index.ts';

const stepMilliseconds = 5_000;
/** An answer must be there before the client stops to wait for it. */
const marginMilliseconds = 5_000;
/** So small that what the upstream reports later is always more. */
const progressStep = 1e-6;

/** A call whose connection is kept open while a person decides. */
export interface HeldCall {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly caller: PresentedToken;
  /** By the name the client gives itself: a false one only costs it its own time. */
  readonly clientName: string;
  readonly progressToken: JsonValue;
  /** Aborts when nobody waits any more. */
  readonly over: AbortSignal;
  emit(message: JsonObject): void;
}

/**
 * Keeps a call that waits for a person until something is decided, while the client is told so every five seconds. Gives
 * up just before the client would: false then, and when the caller's token ends or nobody waits any more.
 */
export async function holdCall(
  context: Context,
  call: HeldCall,
  { approval, link }: Outcome & { kind: 'pending' },
): Promise<boolean> {
  const { now } = context.platform;
  const patience = findPatience(context, call) * 1000 - marginMilliseconds;
  const until = Math.min(call.receivedAt + patience, call.caller.expiresAt - 1_000, approval.expiresAt);
  let steps = 0;
  const tell = (): void => {
    const left = describeTime(approval.expiresAt - now());
    const message = `waiting for the approver, ${left} left (code ${approval.matchCode}): ${link}`;
    const { progressToken } = call;
    const params = { progressToken, progress: ++steps * progressStep, message };
    call.emit({ jsonrpc: '2.0', method: 'notifications/progress', params });
  };
  const isOpen = () => context.approvals.find(approval.id)?.state === 'requested';
  while (isOpen() && now() < until && !call.over.aborted) {
    tell();
    await waitForChange(context, call, approval.id, Math.min(stepMilliseconds, until - now()));
  }
  return !isOpen() && !call.over.aborted;
}

function waitForChange(
  context: Context,
  { over }: HeldCall,
  approvalId: string,
  milliseconds: number,
): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = context.approvals.onChange(approvalId, done);
    const timer = setTimeout(done, milliseconds);
    over.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      stopListening();
      over.removeEventListener('abort', done);
      resolve();
    }
  });
}

function findPatience(context: Context, { clientName }: HeldCall): number {
  const { callSeconds, clientCallSeconds } = context.config.mcp;
  return Object.hasOwn(clientCallSeconds, clientName)
    ? (clientCallSeconds[clientName] ?? callSeconds)
    : callSeconds;
}

function describeTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
