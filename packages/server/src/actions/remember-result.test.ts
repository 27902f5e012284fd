import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { RememberedResults } from '../tasks/remembered-results.ts';
import { rememberResult } from './remember-result.ts';
import type { Inspected } from './stages.ts';

const remember = {
  order: { key: ['/id'], from: { get_order: '', list_orders: '/orders/-' } },
  state: { key: ['/id', '/day'], from: { get_state: '' } },
};

function learn(tool: string, result: JsonObject, given: JsonObject = {}) {
  const remembered = new RememberedResults();
  rememberResult({
    target: { name: 'shop', settings: { remember } },
    tool: { name: tool },
    task: { history: { remembered } },
    message: { arguments: given },
    response: { result },
  } as unknown as Inspected);
  return remembered.of('shop', ['order', 'state']);
}

const text = (said: string) => ({ content: [{ type: 'text', text: said }] });

describe('what is remembered of a result', () => {
  it('is its structure, or the JSON of its text, or its short text', () => {
    expect(
      learn('get_order', { structuredContent: { id: 'a', total: 1 } })
        .get('order')
        ?.get('a'),
    ).toEqual({
      id: 'a',
      total: 1,
    });
    expect(learn('get_order', text('{"id":7,"total":1}')).get('order')?.get('7')).toEqual({
      id: 7,
      total: 1,
    });
    expect(learn('get_state', text('sent'), { id: 'a', day: '1' }).get('state')?.get('a 1')).toBe('sent');
  });

  it('is each element of a list', () => {
    const orders = learn('list_orders', { structuredContent: { orders: [{ id: 'a' }, { id: 'b' }] } }).get(
      'order',
    );
    expect([...(orders?.keys() ?? [])]).toEqual(['a', 'b']);
  });

  it.each<[string, string, JsonObject, JsonObject?]>([
    ['of another tool', 'other', text('{"id":"a"}')],
    ['of a tool that an object has', 'constructor', text('{"id":"a"}')],
    ['without a key', 'get_order', text('{"total":1}')],
    ['with half a key', 'get_state', text('sent'), { id: 'a' }],
    ['with a key that is no text', 'get_order', text('{"id":{"a":1}}')],
    ['with an endless key', 'get_order', text(`{"id":"${'a'.repeat(300)}"}`)],
    ['that is a long text', 'get_state', text('x'.repeat(2_000)), { id: 'a', day: '1' }],
    [
      'in several parts',
      'get_order',
      {
        content: [
          { type: 'text', text: '{"id":"a"}' },
          { type: 'text', text: '' },
        ],
      },
    ],
    [
      'that is ambiguous',
      'get_state',
      text(`{"id":"a","id":"b"}${' '.repeat(1_100)}`),
      { id: 'a', day: '1' },
    ],
  ])('is nothing %s', (_what, tool, result, given) => {
    const remembered = learn(tool, result, given);
    expect([...remembered.values()].map(({ size }) => size)).toEqual([0, 0]);
  });
});
