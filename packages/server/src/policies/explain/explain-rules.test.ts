import { describe, expect, it } from 'vitest';
import { makeBundle, makeRequest, makeTool } from '../create-test-policies.ts';
import { describeRequest } from '../decide/describe-request.ts';
import { explainRules } from './explain-rules.ts';

const pay = makeTool('shop/pay', {
  effects: ['write', 'spend'],
  properties: { amount: { type: 'integer' }, currency: { type: 'string' } },
  required: ['amount'],
});
const other = makeTool('shop/other');

async function explain(policies: string, given = { amount: 700, currency: 'USD' }) {
  const bundle = await makeBundle(policies, [pay, other]);
  const request = makeRequest(pay, given);
  const told = describeRequest(request);
  if (told === undefined) throw new Error('not a request');
  return explainRules(bundle, told, [], request);
}

describe('explainRules', () => {
  it('names the part that failed, with what it read and where it stands', async () => {
    const [rule] = await explain(`// small sums
@id("small")
permit (principal, action == Countersign::Action::"shop/pay", resource)
when {
  context.confirmed &&
  context.args.amount   <= 500
};`);
    expect(rule).toMatchObject({
      ...{ id: 't:small', file: 't.cedar', line: 2, outcome: 'does_not_hold' },
      because: [
        {
          ...{ condition: 'when', text: 'context.args.amount <= 500', line: 6, wanted: true, found: 'false' },
          read: [{ text: 'context.args.amount', value: '700' }],
        },
      ],
    });
  });

  it('names each alternative, what kept a rule off, and what erred', async () => {
    const rules = await explain(`
@id("either") permit (principal, action, resource)
  when { context.environment == "test" || context.dataDomain == "hr" };
@id("unless") permit (principal, action, resource) unless { context.effects.contains("spend") };
@id("errs") forbid (principal, action == Countersign::Action::"shop/pay", resource)
  when { context.args.amount * 9007199254740991 * 2 > 5 };
@id("holds") permit (principal, action, resource);
@id("elsewhere") permit (principal, action == Countersign::Action::"shop/other", resource);`);
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    expect([...byId.keys()].sort()).toEqual(['t:either', 't:errs', 't:holds', 't:unless']);
    expect(byId.get('t:either')?.because.map(({ text }) => text)).toEqual([
      'context.environment == "test"',
      'context.dataDomain == "hr"',
    ]);
    expect(byId.get('t:unless')?.because).toMatchObject([
      { condition: 'unless', found: 'true', wanted: false },
    ]);
    expect(byId.get('t:errs')).toMatchObject({ outcome: 'errs' });
    expect(byId.get('t:errs')?.because[0]?.found).toMatch(/^error: /);
    expect(byId.get('t:holds')).toMatchObject({ outcome: 'holds', because: [] });
  });
});
