import { AppError } from '@countersign/api';
import { NO_OBLIGATIONS } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { createMasterKey } from '../../platform/master-key.ts';
import { openRequestState, sealRequestState } from './request-state.ts';
import { openTaskHandle, sealTaskHandle } from './task-handle.ts';

const key = createMasterKey(new Uint8Array(32).fill(3));
const state = { agent: 'agt_1', key: 'k', task: 'tsk_1', request: 'd', expiresAt: 1_000, approval: 'apr_1' };
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('request state', () => {
  it('comes back as it was given out', () => {
    expect(openRequestState(key, sealRequestState(key, state), 999)).toEqual(state);
  });

  it('is of no use changed, late, made elsewhere, or of another purpose', () => {
    const sealed = sealRequestState(key, state);
    const other = createMasterKey(new Uint8Array(32).fill(4));
    expect(codeOf(() => openRequestState(key, `${sealed}-TAMPERED`, 999))).toBe('approval.state_invalid');
    expect(codeOf(() => openRequestState(key, sealed.slice(0, -4), 999))).toBe('approval.state_invalid');
    expect(codeOf(() => openRequestState(key, sealed, 1_000))).toBe('approval.state_invalid');
    expect(codeOf(() => openRequestState(other, sealed, 999))).toBe('approval.state_invalid');
    expect(codeOf(() => openRequestState(key, key.seal(JSON.stringify(state), 'other'), 999))).toBe(
      'approval.state_invalid',
    );
    expect(codeOf(() => openRequestState(key, 'x'.repeat(100_000), 999))).toBe('approval.state_invalid');
    expect(codeOf(() => openRequestState(key, { toString: () => sealed }, 999))).toBe(
      'approval.state_invalid',
    );
  });
});

describe('a task handle', () => {
  const holder = { agent: 'agt_1', upstream: 'orders' };

  it('is good for its agent at its upstream alone', () => {
    const handle = sealTaskHandle(key, { taskId: 'theirs', owed: NO_OBLIGATIONS }, holder);
    expect(openTaskHandle(key, handle, holder)).toEqual({ taskId: 'theirs', owed: NO_OBLIGATIONS });
    for (const wrong of [
      { ...holder, agent: 'agt_2' },
      { ...holder, upstream: 'files' },
    ]) {
      expect(codeOf(() => openTaskHandle(key, handle, wrong))).toBe('action.resource_unknown');
    }
    expect(codeOf(() => openTaskHandle(key, 'theirs', holder))).toBe('action.resource_unknown');
  });
});
