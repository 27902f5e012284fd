import { AppError, type ErrorCode, errors } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { legacyRefusal } from './legacy-refusal.ts';

const codes = Object.keys(errors) as ErrorCode[];
const call = { id: 7, method: 'tools/call' };

describe('legacyRefusal', () => {
  it('says 404 of a session that is gone and of nothing else, so that no client begins anew for less', () => {
    const gone = codes.filter((code) => legacyRefusal(new AppError(code), call).status === 404);
    expect(gone).toEqual(['action.session_unknown']);
  });

  it('answers a request that was understood, whatever was wrong with it', () => {
    for (const code of ['action.method_unknown', 'action.meta_invalid', 'action.tool_unknown'] as const) {
      const { status, message } = legacyRefusal(new AppError(code), call);
      expect(status).toBe(200);
      expect(message).toMatchObject({ id: 7, error: { data: { code } } });
    }
  });

  it('refuses by status what has no id to be answered under', () => {
    const nobody = { id: null, method: null };
    expect(legacyRefusal(new AppError('action.method_unknown'), nobody).status).toBe(404);
    expect(legacyRefusal(new AppError('action.malformed'), nobody).status).toBe(400);
  });

  it('gives a model a refused call as a result, in the words of its revision', () => {
    const { status, message } = legacyRefusal(new AppError('action.denied'), call);
    expect(status).toBe(200);
    expect(message).toMatchObject({ id: 7, result: { isError: true } });
    expect(message?.result).not.toHaveProperty('resultType');
  });
});
