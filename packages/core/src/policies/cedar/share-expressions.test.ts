import { describe, expect, it } from 'vitest';
import { makeConstant } from './expressions/compiled-expression.ts';
import { shareExpressions } from './share-expressions.ts';

describe('shared expressions', () => {
  const shared = shareExpressions();
  const find = (json: object) => shared.find(json, () => makeConstant(true));

  it('are the same for what says the same, and for nothing else', () => {
    const access = (left: object, attr: unknown) => ({ '.': { left, attr } });
    const context = { Var: 'context' };
    expect(find(access(context, 'a'))).toBe(find(access({ Var: 'context' }, 'a')));
    const others = [
      access(context, 'b'),
      access({ Var: 'principal' }, 'a'),
      access(context, ['a']),
      { Value: '1' },
      { Value: 1 },
      { Value: 1n },
      { Value: '1n' },
      { Value: '#1' },
      { Value: ['a,b'] },
      { Value: ['a', 'b'] },
      { Value: { 0: 'a', 1: 'b' } },
      { Value: {} },
      { Value: [] },
      { Value: true },
      { Value: null },
    ];
    expect(new Set(others.map(find)).size).toBe(others.length);
  });

  it('are left alone where they nest too deep', () => {
    const nest = () => {
      let json: object = { Var: 'context' };
      for (let depth = 0; depth < 100_000; depth += 1) json = { '!': { arg: json } };
      return json;
    };
    expect(find(nest())).not.toBe(find(nest()));
  });
});
