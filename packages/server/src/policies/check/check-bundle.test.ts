import { describe, expect, test } from 'vitest';
import { makeTool } from '../create-test-policies.ts';
import { generateSchema } from '../schema/generate-schema.ts';
import { checkBundle } from './check-bundle.ts';

const tools = [
  makeTool('files/read', {
    properties: { path: { type: 'string' }, n: { type: 'integer' } },
    required: ['path', 'n'],
  }),
  makeTool('files/write', { effects: ['write'] }),
  makeTool('pay/send', { effects: ['spend'] }),
];
const read = 'action == Countersign::Action::"files/read"';

function check(text: string, known = {}) {
  return checkBundle([{ name: 't.cedar', text }], generateSchema(tools), known).findings;
}

function codes(text: string, known = {}): readonly string[] {
  return check(text, known).map(({ code, policyId }) => `${code} ${policyId ?? '-'}`);
}

describe('dead', () => {
  test.each([
    'context.environment == "a" && context.environment == "b"',
    'context.args.n > 5 && context.args.n < 5',
    'context.args.n > 5 && context.args.n < 7 && context.args.n != 6',
    'context.args.n >= 5 && context.args.n == 4',
    'context.confirmed && !context.confirmed',
    'context.confirmed == true && context.confirmed == false',
    'context.environment == "a" && context.environment != "a"',
    'context.args.path like "/a/*" && context.args.path like "/b/*"',
    'context.args.path == "/a" && context.args.path like "/b*"',
    'context.args.path like "/a/b/*" && !(context.args.path like "/a/*")',
    '["a", "b"].contains(context.environment) && context.environment == "c"',
    'context.task.calls < context.args.n && context.task.calls >= context.args.n',
    'if context.confirmed then context.environment == "a" && context.environment == "b" else false',
    'resource in Countersign::Upstream::"pay"',
    'action in Countersign::Action::"effect:spend"',
    'principal == Countersign::Agent::"x" && principal == Countersign::Agent::"y"',
  ])('%s', (condition) => {
    expect(codes(`@id("p") permit (principal, ${read}, resource) when { ${condition} };`)).toContain(
      'policy/dead t:p',
    );
  });

  test('unless takes away what when demands', () => {
    const text = `@id("p") forbid (principal, ${read}, resource) when { context.confirmed } unless { context.confirmed };`;
    const [finding] = check(text);
    expect(finding).toMatchObject({
      code: 'policy/dead',
      severity: 'warning',
      file: 't.cedar',
      line: 1,
      column: 10,
    });
    expect(finding?.message).toContain('context.confirmed would have to hold and not hold');
  });

  test.each([
    'context.args.n > 5 && context.args.n < 7',
    'context.environment == "a" || context.environment == "b"',
    'context.args.path like "/a/*" && context.args.path like "*.txt"',
    'context.args.path like "/a*" && !(context.args.path like "/a/*")',
    '!(context.confirmed && context.environment == "a")',
    'context.args.n + 1 > 5 && context.args.n < 5',
  ])('not %s', (condition) => {
    expect(codes(`@id("p") permit (principal, ${read}, resource) when { ${condition} };`)).toEqual([]);
  });
});

describe('shadowed, redundant, cancelled', () => {
  test('a forbid takes everything from a permit and from a step-up', () => {
    const text = `@id("all") forbid (principal, action, resource == Countersign::Tool::"files/read");
      @id("p") permit (principal, ${read}, resource) when { context.confirmed };
      @id("s") @stepUp("approvers=owner") forbid (principal, ${read}, resource);`;
    expect(codes(text)).toEqual(['policy/shadowed t:p', 'policy/shadowed t:s']);
  });

  test('neither a step-up, nor a policy that only watches, nor a narrower forbid does', () => {
    const text = `@id("p") permit (principal, ${read}, resource) when { context.args.n > 3 };
      @id("s") @stepUp("approvers=owner") forbid (principal, ${read}, resource);
      @id("f") forbid (principal, ${read}, resource) when { context.args.n > 4 };`;
    expect(codes(text)).toEqual([]);
  });

  test('a forbid that fails denies as well', () => {
    const text = `@id("p") permit (principal, ${read}, resource) when { context.args.n > 3 };
      @id("f") forbid (principal, ${read}, resource) when { context.args.n * 2 > 0 || context.args.n > 2 };`;
    expect(codes(text)).toEqual(['policy/shadowed t:p']);
  });

  test('of two that say the same the wider one stays', () => {
    const text = `@id("narrow") permit (principal, ${read}, resource) when { context.confirmed && context.environment == "a" };
      @id("wide") permit (principal, action in Countersign::Action::"effect:read", resource) when { context.confirmed };
      @id("twice") permit (principal, action in Countersign::Action::"effect:read", resource) when { context.confirmed };`;
    expect(codes(text)).toEqual(['policy/redundant t:narrow', 'policy/redundant t:twice']);
  });

  test('a wider permit that may fail, or that carries more, makes none redundant', () => {
    const text = `@id("narrow") permit (principal, ${read}, resource) when { context.confirmed };
      @id("wide") permit (principal, ${read}, resource) when { context.args.n + 1 > 0 || context.confirmed };`;
    expect(codes(text)).toEqual([]);
  });

  test('a forbid cancels a tool that a permit names', () => {
    const text = `@id("p") permit (principal, action in [Countersign::Action::"files/read", Countersign::Action::"files/write"], resource);
      @id("f") forbid (principal, action in Countersign::Action::"effect:write", resource);`;
    expect(codes(text)).toEqual(['policy/cancelled t:p']);
  });

  test('two step-ups that nobody can lift', () => {
    const text = `@id("a") @stepUp("approvers=role:finance") forbid (principal, action == Countersign::Action::"pay/send", resource);
      @id("b") @stepUp("approvers=role:security") forbid (principal, action in Countersign::Action::"effect:spend", resource);`;
    expect(codes(text)).toEqual(['policy/step-up-impossible t:a']);
  });
});

describe('too broad, or about nothing', () => {
  test('a permit that nothing narrows', () => {
    const [finding] = check('@id("p") permit (principal, action, resource);');
    expect(finding).toMatchObject({ code: 'policy/over-broad', policyId: 't:p' });
    expect(finding?.message).toContain('write, spend, admin, egress');
    expect(finding?.message).toContain('files/write');
  });

  test('a forbid over the effect guards it, a condition narrows it', () => {
    expect(
      codes(`@id("p") permit (principal, action in Countersign::Action::"effect:spend", resource);
        @id("s") @stepUp("approvers=owner") forbid (principal, action in Countersign::Action::"effect:spend", resource) unless { context.confirmed };`),
    ).toEqual([]);
    expect(codes('@id("p") permit (principal, action, resource) when { context.confirmed };')).toEqual([]);
  });

  test('a tool, an upstream and an agent that are not there', () => {
    const text = `@id("t") forbid (principal, action, resource == Countersign::Tool::"files/raed");
      @id("u") forbid (principal, action, resource in Countersign::Upstream::"nobody");
      @id("a") forbid (principal == Countersign::Agent::"agt_x", action, resource);
      @id("c") forbid (principal, action, resource) when { context.chain.agents.contains(Countersign::Agent::"agt_x") };`;
    const found = check(text, { agents: new Set(['agt_y']) });
    expect(found.map(({ code, policyId }) => `${code} ${policyId}`)).toEqual([
      'policy/never-matching t:t',
      'policy/never-matching t:u',
      'policy/never-matching t:a',
      'policy/unknown-name t:c',
    ]);
    expect(found[0]?.advice).toBe('did you mean "files/read"?');
    expect(codes(text)).toEqual(['policy/never-matching t:t', 'policy/never-matching t:u']);
  });

  test('what does not parse or type is an error with its place', () => {
    expect(check('permit (principal, action, resource')).toMatchObject([
      { code: 'policy/invalid', severity: 'error', file: 't.cedar', line: 1 },
    ]);
    const [typo] = check(`@id("p")\npermit (principal, ${read}, resource) when { context.args.pth == "a" };`);
    expect(typo).toMatchObject({ code: 'policy/invalid', policyId: 't:p', line: 2 });
  });

  test('names of prototypes are names', () => {
    expect(
      codes('@id("p") forbid (principal, action, resource == Countersign::Tool::"__proto__/constructor");'),
    ).toEqual(['policy/never-matching t:p']);
  });
});
