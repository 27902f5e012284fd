import { describe, expect, it } from 'vitest';
import { describeCall, describeTask, exportTo, readTraceparent } from './telemetry.ts';

describe('telemetry', () => {
  it('goes to the receiver with the secret of its source', () => {
    const source = { url: 'https://countersign.example/anything', secret: 'cst_x' };
    expect(exportTo(source)).toEqual({
      url: 'https://countersign.example/otlp/v1/traces',
      headers: { authorization: 'Bearer cst_x' },
    });
    expect(exportTo(source, 'logs').url).toBe('https://countersign.example/otlp/v1/logs');
    expect(describeTask({ id: 'tsk_1' })).toEqual({ 'countersign.task.id': 'tsk_1' });
  });

  it('joins a call to the active span, and to nothing where there is none', () => {
    const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)];
    const inside = (context: { traceId: string; spanId: string; traceFlags: number } | undefined) => ({
      trace: { getActiveSpan: () => context && { spanContext: () => context } },
    });
    const traceparent = readTraceparent(inside({ traceId, spanId, traceFlags: 1 }));
    expect(traceparent).toBe(`00-${traceId}-${spanId}-01`);
    expect(readTraceparent(inside(undefined))).toBeUndefined();
    expect(readTraceparent(inside({ traceId: '0'.repeat(32), spanId, traceFlags: 0 }))).toBeUndefined();
    expect(describeCall({ toolCallId: 'call_1', traceparent })).toEqual({
      ...{ 'gen_ai.tool.call.id': 'call_1', traceparent },
    });
    expect(describeCall({})).toEqual({});
  });
});
