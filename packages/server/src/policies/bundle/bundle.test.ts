import { describe, expect, it } from 'vitest';
import { makeTool } from '../create-test-policies.ts';
import { useCedar } from '../engine/cedar.ts';
import { readStarter } from '../folder/read-starter.ts';
import { writeSchema } from '../schema/generate-schema.ts';
import { compileBundle } from './compile-bundle.ts';
import { writeComplaint } from './complaint.ts';

const text = { type: 'string' };
const pay = makeTool('payments/pay', {
  effects: ['spend'],
  properties: { amount: { type: 'integer' }, to: text },
});
const many = Array.from({ length: 120 }, (_, i) => makeTool(`shop/t${i}`, { properties: { a: text } }));

async function complain(policies: string, tools = [pay]): Promise<string[]> {
  const { errors } = await compileBundle([{ name: 't.cedar', text: policies }], tools);
  return errors.map(writeComplaint);
}

const scope = '(principal, action == Countersign::Action::"payments/pay", resource)';

describe('a bundle is refused', () => {
  it.each([
    [
      'a syntax error',
      'permit (principal, action, resource);\n  permit (principal action);',
      /^t\.cedar:2:21: unexpected token `action`/,
    ],
    ['a missing semicolon', 'permit (principal, action, resource)', /^t\.cedar:1:1: .*semicolon/],
    [
      'an open string',
      '// "\n@id("x) permit (principal, action, resource);',
      /^t\.cedar:2:5: this string does not end/,
    ],
    [
      'a mistyped attribute',
      `// é\npermit ${scope}\nwhen { "é" == "é" && context.args.amont > 1 };`,
      /^t\.cedar:3:\d+: attribute `args\.amont`.*did you mean `amount`/,
    ],
    [
      'a mistyped value',
      `permit ${scope}\nwhen { context.args has amount && context.args.amount == "1" };`,
      /^t\.cedar:2:35: the types Long and String are not compatible; both operands/,
    ],
    [
      'an argument that may be absent',
      `permit ${scope} when { context.args.amount > 1 };`,
      /^t\.cedar:1:\d+: .*optional/,
    ],
    [
      'an unknown action',
      'permit (principal, action == Countersign::Action::"payments/pai", resource);',
      /^t\.cedar:1:30: unrecognized action/,
    ],
    [
      'an unknown type',
      'permit (principal is Countersign::Robot, action, resource);',
      /^t\.cedar:1:\d+: unrecognized entity type/,
    ],
    [
      'a group that one action should equal',
      'forbid (principal, action == Countersign::Action::"effect:spend", resource);',
      /^t\.cedar:1:1: .*action in/,
    ],
    [
      'an unknown annotation',
      '@stepup("approvers=owner") forbid (principal, action, resource);',
      /^t\.cedar:1:1: unknown annotation @stepup/,
    ],
    [
      'an unknown key of a step-up',
      '@stepUp("approver=owner") forbid (principal, action, resource);',
      /^t\.cedar:1:1: @stepUp: unknown key/,
    ],
    [
      'a step-up on a permit',
      '@stepUp("approvers=owner") permit (principal, action, resource);',
      /^t\.cedar:1:1: @stepUp belongs/,
    ],
    ['an empty id', '@id("") permit (principal, action, resource);', /^t\.cedar:1:1: an @id/],
    [
      'an id twice',
      '@id("a") permit (principal, action, resource);\n@id("a") forbid (principal, action, resource);',
      /^t\.cedar:2:1: another policy/,
    ],
    [
      "an id that is another one's number",
      'permit (principal, action, resource);\n@id("1") forbid (principal, action, resource);',
      /^t\.cedar:2:1: another policy/,
    ],
    [
      'a number that JSON would change',
      'permit (principal, action, resource) when {\n1 < 9007199254740993 };',
      /^t\.cedar:2:5: this number/,
    ],
    ['a template', 'permit (principal == ?principal, action, resource);', /^t\.cedar:1:\d+: /],
    [
      'the reserved namespace',
      'permit (principal, action, resource) when { context.__cedar };',
      /^t\.cedar:1:\d+: /,
    ],
  ])('for %s', async (_what, policies, complaint) => {
    const complaints = await complain(policies);
    expect(complaints[0]).toMatch(complaint);
  });

  it('with every complaint, by file and policy', async () => {
    const { errors } = await compileBundle(
      [
        { name: 'a.cedar', text: 'permit (principal, action, resource) when { context.nope };' },
        {
          name: 'b.cedar',
          text: 'permit (principal, action, resource);\n@id("x") forbid (principal, action, resource) when { context.task.nope == 1 };',
        },
      ],
      many,
    );
    expect(errors.map(({ file, line, policyId }) => [file, line, policyId]).sort()).toEqual([
      ...errors.filter((error) => error.file === 'a.cedar').map(() => ['a.cedar', 1, 'a:1']),
      ...errors.filter((error) => error.file === 'b.cedar').map(() => ['b.cedar', 2, 'b:x']),
    ]);
    expect(new Set(errors.map((error) => error.policyId))).toEqual(new Set(['a:1', 'b:x']));
  });

  it('for a mistake that shows with one of many tools', async () => {
    const policies =
      'forbid (principal, action, resource) when { context.args has a && context.args.a == 1 };';
    const odd = makeTool('shop/odd', { properties: { a: { type: 'integer' } } });
    expect(await complain(policies, [odd])).toEqual([]);
    expect(await complain(policies, [...many, odd])).not.toEqual([]);
  });
});

describe('what would break the engine', () => {
  const when = (condition: string) => `permit (principal, action, resource) when { ${condition} };`;
  it.each([
    ['brackets', when(`${'('.repeat(400)}true${')'.repeat(400)}`)],
    ['sets', when(`${'['.repeat(400)}1${']'.repeat(400)} == 1`)],
    ['records', when(`${'{a:'.repeat(400)}1${'}'.repeat(400)} == 1`)],
    ['ifs', when(`${'if true then '.repeat(1500)}true${' else false'.repeat(1500)}`)],
    ['operators', when(Array(4000).fill('1').join(' + '))],
    ['members', when(`context${'.a'.repeat(4000)} == 1`)],
    ['a hundred members', when(`context${'.a'.repeat(100)} == 1`)],
    ['negations', when(`${'!('.repeat(300)}true${')'.repeat(300)}`)],
    ['length', when(`"${'x'.repeat(40_000)}" == "y"`)],
  ])('is refused before it gets there: %s', async (_what, policies) => {
    expect(await complain(policies)).toHaveLength(1);
    expect(
      useCedar((cedar) =>
        cedar.checkParsePolicySet({ staticPolicies: 'permit (principal, action, resource);' }),
      ),
    ).toEqual({ type: 'success' });
  });

  it('is replaced by a new one when it happens all the same', () => {
    const deep = when(`${'('.repeat(400)}true${')'.repeat(400)}`);
    expect(() => useCedar((cedar) => cedar.policyToJson(deep))).toThrow();
    expect(useCedar((cedar) => cedar.policyToJson(when('true')).type)).toBe('success');
  });
});

describe('a bundle is taken', () => {
  it.each([
    [
      'comments, strings and quotes that look like ends',
      '// a; b "\n@id("a") @description("x; \\" y // z") permit (principal, action, resource) when { "a;b" != "};" };\n// end',
    ],
    [
      'an argument behind its presence',
      `forbid (principal, action, resource) when { context.args has amount && context.args.amount > 5 };`,
    ],
    [
      'tools that are not there, as resources',
      'forbid (principal, action, resource == Countersign::Tool::"gone/tool");',
    ],
    [
      'an effect that no tool has',
      'forbid (principal, action in Countersign::Action::"effect:admin", resource);',
    ],
    [
      'forty brackets less two',
      `permit (principal, action, resource) when { ${'('.repeat(38)}true${')'.repeat(38)} };`,
    ],
  ])('with %s', async (_what, policies) => {
    expect(await complain(policies)).toEqual([]);
  });

  it('with warnings for what can never apply', async () => {
    const policies =
      'permit (principal, action, resource) when { context.args has nothing && context.args.nothing };';
    const { errors, warnings } = await compileBundle([{ name: 't.cedar', text: policies }], [pay, ...many]);
    expect(errors).toEqual([]);
    expect(warnings).toMatchObject([{ severity: 'warning', line: 1, policyId: 't:1' }]);
  });

  it('when it is the starter, with any upstreams or none', async () => {
    const files = await readStarter();
    for (const tools of [[], [pay], many]) expect((await compileBundle(files, tools)).errors).toEqual([]);
  });
});

describe('the schema', () => {
  it('names hostile tools and arguments as data', async () => {
    const name = 'x"; permit(principal, action, resource); //';
    const tool = makeTool(`shop/${name}`, { properties: { 'a "b"': text, __proto__x: text } });
    expect(writeSchema([tool])).toContain('shop/x\\";');
    const policies = `permit (principal, action == Countersign::Action::"shop/x\\"; permit(principal, action, resource); //", resource) when { context.args has "a \\"b\\"" };`;
    expect(await complain(policies, [tool])).toEqual([]);
  });
});
