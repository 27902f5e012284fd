import type { JsonObject } from '@countersign/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeTool, testTask } from '../../policies/create-test-policies.ts';
import { ModelTrail } from '../../tasks/index.ts';
import { digestArguments } from './model-request.ts';
import { takePrediction } from './take-prediction.ts';

let models: ModelTrail;
beforeEach(() => {
  models = new ModelTrail();
  models.noteAnswer();
});

function foresee(name: string, given: JsonObject): void {
  const argumentsDigest = digestArguments(JSON.stringify(given));
  models.predict({ id: 'c1', name, argumentsDigest, record: 'rec_answer' });
}

function take(given: JsonObject, kind: 'http' | 'mcp' = 'http') {
  const message = { arguments: given } as Parameters<typeof takePrediction>[0]['message'];
  const task = { ...testTask, models };
  return takePrediction({ task, tool: makeTool('bank/pay', { kind }), message });
}

const order = { path: { id: 'o1' }, body: { amount: 5 } };

describe('a call that a model asked for', () => {
  it.each([
    ['pay', order],
    ['bank__pay', { id: 'o1', amount: 5 }],
  ])('is known by its name and all that is given: %s', (name, given) => {
    foresee(name, given);
    expect(take(order)).toMatchObject({ id: 'c1', by: 'name' });
    expect(take(order)).toBeUndefined();
  });

  it('is known by its arguments alone where another name was asked for', () => {
    foresee('look_up', { id: 'o1', amount: 5 });
    expect(take(order)).toMatchObject({ id: 'c1', by: 'arguments' });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['another body', { id: 'o1' }, order],
    ['another path', { amount: 5 }, order],
    ['a header', { id: 'o1', amount: 5 }, { ...order, header: { 'x-as': 'root' } }],
    ['a list', { id: 'o1' }, { path: { id: 'o1' }, body: [1] }],
    ['two of one name', { id: 'o2' }, { path: { id: 'o1' }, body: { id: 'o2' } }],
  ])('is not one with %s beside it', (_, foreseen, given) => {
    foresee('pay', foreseen);
    expect(take(given)).toBeUndefined();
  });

  it('is not any other that has no arguments either', () => {
    foresee('look_up', {});
    expect(take({})).toBeUndefined();
    expect(take({ query: {} })).toBeUndefined();
  });

  it('has its name where it is no operation of an HTTP API', () => {
    foresee('look_up', { id: 'o1' });
    expect(take({ id: 'o1' }, 'mcp')).toBeUndefined();
  });
});
