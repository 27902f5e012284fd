import { describe, expect, it } from 'vitest';
import type { CedarExpressionJson } from './index.ts';
import {
  blameExpression,
  EMPTY_CEDAR_RECORD,
  findValue,
  listConjuncts,
  makeCedarEntity,
  readEntities,
  readRecord,
} from './index.ts';

const context: CedarExpressionJson = { Var: 'context' };
const member = (attr: string): CedarExpressionJson => ({ '.': { left: context, attr } });
const value = (one: string | number | boolean): CedarExpressionJson => ({ Value: one });
const atMost = (attr: string, most: number): CedarExpressionJson => ({
  '<=': { left: member(attr), right: value(most) },
});
const equals = (attr: string, text: string): CedarExpressionJson => ({
  '==': { left: member(attr), right: value(text) },
});
const and = (left: CedarExpressionJson, right: CedarExpressionJson): CedarExpressionJson => ({
  '&&': { left, right },
});
const or = (left: CedarExpressionJson, right: CedarExpressionJson): CedarExpressionJson => ({
  '||': { left, right },
});
const not = (arg: CedarExpressionJson): CedarExpressionJson => ({ '!': { arg } });
const request = {
  principal: makeCedarEntity('Agent', 'a'),
  action: makeCedarEntity('Action', 'x'),
  resource: makeCedarEntity('Tool', 't'),
  context: readRecord({ amount: 700, currency: 'USD', isUrgent: true }),
  entities: readEntities([]),
};
const blamed = (expression: CedarExpressionJson, wanted = true) =>
  blameExpression(expression, request, wanted).map((one) => [one.expression, one.wanted]);

describe('blameExpression', () => {
  it('says nothing of what is as wanted', () => {
    expect(blamed(atMost('amount', 700))).toEqual([]);
    expect(blamed(atMost('amount', 600), false)).toEqual([]);
  });

  it('names the conjunct that failed, with what it read', () => {
    const failed = atMost('amount', 500);
    expect(blamed(and(equals('currency', 'USD'), failed))).toEqual([[failed, true]]);
    expect(blameExpression(failed, request)).toMatchObject([
      {
        found: { ok: true, value: false },
        read: [{ expression: member('amount'), found: { ok: true, value: 700 } }],
      },
    ]);
  });

  it('names every alternative that failed', () => {
    const [one, other] = [equals('currency', 'EUR'), atMost('amount', 500)];
    expect(blamed(or(one, other))).toEqual([
      [one, true],
      [other, true],
    ]);
  });

  it('looks through negation and choice', () => {
    const urgent = member('isUrgent');
    expect(blamed(not(urgent))).toEqual([[urgent, false]]);
    const branches = { if: urgent, ['then' as const]: atMost('amount', 1), else: value(true) };
    const choice: CedarExpressionJson = { 'if-then-else': branches };
    expect(blamed(choice)).toEqual([[atMost('amount', 1), true]]);
    // Either of them, were it not so, would have kept the condition from holding.
    expect(blamed(not(and(urgent, atMost('amount', 800))))).toEqual([
      [urgent, false],
      [atMost('amount', 800), false],
    ]);
    expect(blamed(or(urgent, atMost('nothing', 1)), false)).toEqual([[urgent, false]]);
  });

  it('names what erred, and no more than was evaluated', () => {
    const erring = atMost('nothing', 5);
    expect(blamed(and(erring, equals('currency', 'EUR')))).toEqual([[erring, true]]);
    expect(blamed(or(erring, equals('currency', 'USD')))).toEqual([[erring, true]]);
    const [blame] = blameExpression(erring, request);
    expect(blame?.found.ok).toBe(false);
  });

  it('stops where a choice erred, and takes the branch that was taken', () => {
    const choose = (asked: CedarExpressionJson): CedarExpressionJson => ({
      'if-then-else': { if: asked, ['then' as const]: value(true), else: atMost('amount', 2) },
    });
    expect(blamed(choose(atMost('nothing', 1)))).toEqual([[atMost('nothing', 1), true]]);
    expect(blamed(choose(not(member('isUrgent'))))).toEqual([[atMost('amount', 2), true]]);
  });

  it('takes a literal for nothing that was read', () => {
    const literal: CedarExpressionJson = { Value: { Var: 'context' } };
    const [blame] = blameExpression({ '==': { left: literal, right: member('amount') } }, request);
    expect(blame?.read.map((one) => one.expression)).toEqual([member('amount')]);
  });
});

describe('listConjuncts', () => {
  it('keeps the order of evaluation', () => {
    const [a, b, c] = [value(true), value(1), value('c')];
    expect(listConjuncts(and(and(a, b), c))).toEqual([a, b, c]);
    expect(listConjuncts(and(a, and(b, c)))).toEqual([a, b, c]);
    expect(listConjuncts(or(a, b))).toEqual([or(a, b)]);
  });
});

describe('findValue', () => {
  it('finds values and errors', () => {
    expect(findValue(member('amount'), request)).toEqual({ ok: true, value: 700 });
    expect(findValue(member('none'), { ...request, context: EMPTY_CEDAR_RECORD })).toMatchObject({
      ok: false,
    });
  });
});
