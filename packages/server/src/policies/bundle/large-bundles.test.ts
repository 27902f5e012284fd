import { describe, expect, it } from 'vitest';
import { decideWith, makeBundle, makeRequest, makeTool } from '../create-test-policies.ts';
import { compileBundle } from './compile-bundle.ts';
import { writeComplaint } from './complaint.ts';

const text = { type: 'string' };
const tool = makeTool('shop/pay', {
  properties: { to: text, n: { type: 'integer' } },
  required: ['to', 'n'],
});
const scope = '(principal, action == Countersign::Action::"shop/pay", resource)';

describe('policies that would take long', () => {
  it('do not: a pattern of wildcards over a long text', async () => {
    const pattern = `${'*a'.repeat(500)}*b`;
    const bundle = await makeBundle(`permit ${scope} when { context.args.to like "${pattern}" };`, [tool]);
    const start = performance.now();
    expect(decideWith(bundle, makeRequest(tool, { to: 'a'.repeat(100_000), n: 1 })).effect).toBe('deny');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('do not: a set of thousands of members', async () => {
    const members = Array.from({ length: 3_000 }, (_, i) => i).join(', ');
    const bundle = await makeBundle(`permit ${scope} when { [${members}].contains(context.args.n) };`, [
      tool,
    ]);
    expect(decideWith(bundle, makeRequest(tool, { to: '', n: 2_999 })).effect).toBe('allow');
    expect(decideWith(bundle, makeRequest(tool, { to: '', n: 3_000 })).effect).toBe('deny');
  });

  it('deny what they contradict each other about', async () => {
    const bundle = await makeBundle(`@id("a") permit ${scope}; @id("b") forbid ${scope};`, [tool]);
    expect(decideWith(bundle, makeRequest(tool, { to: '', n: 1 }))).toMatchObject({
      effect: 'deny',
      policyIds: ['t:b'],
    });
  });
});

describe('many tools', () => {
  const tools = Array.from({ length: 120 }, (_, i) =>
    makeTool(`u${i % 3}/t${i}`, { properties: { a: text } }),
  );
  const complain = async (policies: string) => {
    const { errors, warnings } = await compileBundle([{ name: 't.cedar', text: policies }], tools);
    return { errors: errors.map(writeComplaint), warnings: warnings.map(writeComplaint) };
  };
  const of = (id: string) => `(principal, action == Countersign::Action::"${id}", resource)`;
  const mistaken = 'when { context.args.b == "x" }';

  it.each([
    ['its own tool', `permit ${of('u2/t119')} ${mistaken};`],
    ['an upstream', `permit (principal, action, resource in Countersign::Upstream::"u1") ${mistaken};`],
    [
      'a tool as resource',
      `permit (principal, action, resource == Countersign::Tool::"u2/t110") ${mistaken};`,
    ],
    ['a data domain', `permit (principal, action, resource in Countersign::DataDomain::"u1") ${mistaken};`],
    ['a group', `permit (principal, action in Countersign::Action::"effect:read", resource) ${mistaken};`],
    [
      'any of two',
      `permit (principal, action in [Countersign::Action::"discover", Countersign::Action::"u2/t119"], resource) ${mistaken};`,
    ],
    ['no tool', `permit (principal, action == Countersign::Action::"discover", resource) ${mistaken};`],
    ['a tool that there is not', `permit ${of('u2/t120')};`],
    [
      'a tool that there is not, in a condition',
      `permit (principal, action, resource) when { action == Countersign::Action::"u2/t120" };`,
    ],
  ])('leave no mistake undetected in a policy for %s', async (_what, policy) => {
    const { errors } = await complain(`permit (principal, action, resource);\n${policy}`);
    expect(errors).not.toEqual([]);
    for (const error of errors) expect(error).toMatch(/^t\.cedar:2:\d+: /);
  });

  it('give no doubt about what can apply to one of them', async () => {
    const policies = [
      `permit ${of('u0/t0')};`,
      `permit ${of('u2/t119')};`,
      'permit (principal, action, resource) when { context.args has nothing };',
    ];
    const { errors, warnings } = await complain(policies.join('\n'));
    expect([errors, warnings]).toEqual([[], [expect.stringMatching(/^t\.cedar:3:/)]]);
  });
});
