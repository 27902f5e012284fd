import { describe, expect, it } from 'vitest';
import { applyTaskEvent, isTaskOpen, type TaskState } from './lifecycle.ts';

const OPEN: TaskState = { state: 'open', expiresAt: 100 };

describe('the life of a task', () => {
  it('ends once, with its reason', () => {
    const ended: TaskState = { state: 'ended', reason: 'completed', at: 50 };
    expect(applyTaskEvent(OPEN, { type: 'end', reason: 'completed', at: 50 })).toEqual({
      ok: true,
      state: ended,
    });
    expect(applyTaskEvent(ended, { type: 'end', reason: 'stopped', at: 60 })).toEqual({
      ok: false,
      code: 'already_ended',
    });
    expect(applyTaskEvent(ended, { type: 'expire', at: 200 })).toEqual({ ok: false, code: 'already_ended' });
  });

  it('expires when its time is over, however that is noticed', () => {
    const expired = { ok: true, state: { state: 'expired', at: 100 } };
    expect(applyTaskEvent(OPEN, { type: 'expire', at: 100 })).toEqual(expired);
    expect(applyTaskEvent(OPEN, { type: 'end', reason: 'completed', at: 101 })).toEqual(expired);
    expect(applyTaskEvent(OPEN, { type: 'expire', at: 99 })).toEqual({ ok: false, code: 'not_due' });
  });

  it('is open until the moment of expiry, and never at an unreadable time', () => {
    expect([99, 100, Number.NaN].map((at) => isTaskOpen(OPEN, at))).toEqual([true, false, false]);
    expect(isTaskOpen({ state: 'ended', reason: 'stopped', at: 1 }, 0)).toBe(false);
  });
});
