import type { JsonObject } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { type HeldCall, holdCall } from './hold-call.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function hold(name: string, tokenSeconds = 300) {
  const sent: JsonObject[] = [];
  const listeners = new Set<() => void>();
  const approval = { id: 'apr_1', state: 'requested', expiresAt: 600_000, matchCode: '47' };
  const call = {
    clientName: name,
    progressToken: 'p',
    emit: (message: JsonObject) => void sent.push(message),
    over: new AbortController(),
    receivedAt: 0,
    caller: { expiresAt: tokenSeconds * 1000 },
  };
  const context = {
    platform: { now: Date.now },
    config: {
      mcp: { callSeconds: 60, clientCallSeconds: { patient: 120, __proto__: { constructor: 600 } } },
    },
    approvals: {
      find: () => approval,
      onChange(_: string, listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
  const pending = { kind: 'pending', approval, link: 'http://x/approvals/apr_1' };
  let decided: boolean | undefined;
  const held = holdCall(
    context as unknown as Context,
    { ...call, over: call.over.signal } as unknown as HeldCall,
    pending as unknown as Outcome & { kind: 'pending' },
  ).then((result) => {
    decided = result;
  });
  const decide = (state: string) => {
    approval.state = state;
    for (const listener of [...listeners]) listener();
  };
  return { sent, call, decide, held, listeners, result: () => decided };
}

describe('holdCall', () => {
  it.each([
    ['anybody', 55, 300],
    ['patient', 115, 300],
    ['constructor', 55, 300],
    ['one whose token ends', 29, 30],
  ])('gives up in time for %s: after %d seconds', async (name, seconds, tokenSeconds) => {
    const { sent, result, listeners } = hold(name, tokenSeconds);
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
    expect(result()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect(result()).toBe(false);
    expect(listeners.size).toBe(0);
    expect(sent).toHaveLength(Math.ceil(seconds / 5));
    const progress = sent.map(({ params }) => (params as { progress: number }).progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(sent[1]).toMatchObject({
      params: {
        progressToken: 'p',
        message: 'waiting for the approver, 9:55 left (code 47): http://x/approvals/apr_1',
      },
    });
  });

  it('goes on as soon as it is decided, and not for one vote of several', async () => {
    const { decide, held, result } = hold('anybody');
    await vi.advanceTimersByTimeAsync(100);
    decide('requested');
    await vi.advanceTimersByTimeAsync(0);
    expect(result()).toBeUndefined();
    decide('approved');
    await held;
    expect(result()).toBe(true);
  });

  it('is let go when the client cancels', async () => {
    const { call, held, result } = hold('anybody');
    await vi.advanceTimersByTimeAsync(100);
    call.over.abort();
    await held;
    expect(result()).toBe(false);
  });
});
