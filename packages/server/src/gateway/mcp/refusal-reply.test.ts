import { AppError, type ErrorCode, errors } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { refusalReply } from './refusal-reply.ts';

const call = { id: 1, method: 'tools/call' };
const codes = Object.keys(errors) as ErrorCode[];

describe('refusalReply', () => {
  it('answers a refused tool call with a result that a model can read', () => {
    const { status, message } = refusalReply(
      new AppError('action.denied', { data: { decision: 'rec_1' } }),
      call,
    );
    expect(status).toBe(200);
    expect(message).toMatchObject({ id: 1, result: { isError: true, resultType: 'complete' } });
    expect(JSON.stringify(message)).toContain('REFUSED action.denied');
    expect(JSON.stringify(message)).toContain('rec_1');
  });

  it.each([
    ['token.missing', 401],
    ['action.header_mismatch', 400],
    ['action.method_unknown', 404],
    ['action.origin_refused', 403],
    ['action.too_large', 413],
    ['ledger.unavailable', 503],
  ] as const)('gives %s the status that the protocol gives it', (code, status) => {
    expect(refusalReply(new AppError(code), call).status).toBe(status);
  });

  it('keeps the headers of a challenge', () => {
    const headers = { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"' };
    expect(refusalReply(new AppError('token.proof_nonce_needed', { headers }), call).headers).toEqual(
      headers,
    );
  });

  it('never says more than the table and the detail', () => {
    const error = new AppError('server.internal', { cause: new Error('secret of the house') });
    expect(JSON.stringify(refusalReply(error, call))).not.toContain('secret of the house');
  });

  it.each(codes)('has a reply for %s in its own range of codes', (code) => {
    const { message, status } = refusalReply(new AppError(code), { id: 'x', method: 'resources/read' });
    const { error } = message as unknown as { error: { code: number } };
    expect(status).toBeGreaterThanOrEqual(200);
    // -32000..-32019 are for older revisions; ours lie outside the range that JSON-RPC keeps.
    const isReserved = error.code >= -32768 && error.code <= -32000;
    expect(
      !isReserved || [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022].includes(error.code),
    ).toBe(true);
  });
});
