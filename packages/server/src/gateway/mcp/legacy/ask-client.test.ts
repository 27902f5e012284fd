import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { askClient, countRound } from './ask-client.ts';
import type { OpenCall } from './open-call.ts';

function makeCall(capabilities: JsonObject, canStream = true) {
  const sent: JsonObject[] = [];
  const session = { asked: 4, questions: new Map(), hello: { capabilities } };
  const reply = { canStream, emit: (message: JsonObject) => void sent.push(message), finish() {} };
  const call = { session, reply, over: new AbortController(), rounds: 0, round: undefined };
  return { call: call as unknown as OpenCall, sent, session };
}
const ask = (call: OpenCall, inputRequests: JsonObject) => () =>
  askClient(call, { resultType: 'input_required', requestState: 'state', inputRequests });
const missing = expect.objectContaining({ code: 'action.capability_missing' });
const lied = expect.objectContaining({ code: 'upstream.lied' });
const form = {
  method: 'elicitation/create',
  params: { mode: 'form', message: 'Name?', requestedSchema: {} },
};
const page = {
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Sign in', url: 'https://a.example' },
};

describe('askClient', () => {
  it('asks under numbers of its own, without what the earlier revision does not know', () => {
    const { call, sent, session } = makeCall({ elicitation: { url: {} }, roots: {} });
    const roots = { method: 'roots/list', params: { _meta: { progressToken: 1 } } };
    ask(call, { a: form, b: page, c: roots })();
    expect(sent).toEqual([
      {
        jsonrpc: '2.0',
        id: 5,
        method: 'elicitation/create',
        params: { message: 'Name?', requestedSchema: {} },
      },
      {
        jsonrpc: '2.0',
        id: 6,
        method: 'elicitation/create',
        params: { ...page.params, elicitationId: 'elicitation-6' },
      },
      { jsonrpc: '2.0', id: 7, method: 'roots/list', params: {} },
    ]);
    expect([...session.questions.keys()]).toEqual([5, 6, 7]);
    expect(call.round?.state).toBe('state');
    clearTimeout(call.round?.timer);
  });

  it('asks nothing at all when one of the questions is none for this client', () => {
    const cases: [JsonObject, JsonObject, unknown][] = [
      [{ elicitation: {} }, { a: form, b: page }, missing],
      [
        { elicitation: { url: {} } },
        { a: form, b: { method: 'sampling/createMessage', params: {} } },
        missing,
      ],
      [{ elicitation: {} }, { a: form, b: { method: 'tools/call', params: {} } }, lied],
      [{ elicitation: {} }, { a: form, b: 'text' }, lied],
      [{ elicitation: {} }, Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, form])), lied],
    ];
    for (const [capabilities, questions, refusal] of cases) {
      const { call, sent, session } = makeCall(capabilities);
      expect(ask(call, questions)).toThrow(refusal as Error);
      expect([sent, session.questions.size]).toEqual([[], 0]);
    }
    expect(ask(makeCall({ elicitation: {} }, false).call, { a: form })).toThrow(missing);
  });
});

describe('countRound', () => {
  it('ends a call that is asked about without end', () => {
    const { call } = makeCall({});
    for (let round = 0; round < 16; round++) countRound(call);
    expect(() => countRound(call)).toThrow(lied);
  });
});
