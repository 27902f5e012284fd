import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTool } from '../create-test-policies.ts';
import { useCedar } from '../engine/cedar.ts';
import { generateSchema } from '../schema/generate-schema.ts';
import { checkBundle } from './check-bundle.ts';

const properties = { path: { type: 'string' }, n: { type: 'integer' } };
const tools = [
  makeTool('a/read', { properties, required: ['path', 'n'] }),
  makeTool('a/write', { effects: ['write', 'egress'], properties, required: ['path', 'n'] }),
  makeTool('b/send', { effects: ['spend'], properties, required: ['path', 'n'] }),
];
const schema = generateSchema(tools);

const number = fc.integer({ min: 0, max: 4 }).map(String);
const text = fc.constantFrom('"a"', '"ab"', '"b"', '"abc"');
const pattern = fc.constantFrom('"a*"', '"ab*"', '"*b"', '"*c"', '"b*"', '"*"', '"*b*"', '"a*c"');
const order = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const atom = fc.oneof(
  fc
    .tuple(fc.constantFrom('context.args.n', 'context.task.calls'), order, number)
    .map((parts) => parts.join(' ')),
  fc.tuple(number, order, fc.constantFrom('context.args.n')).map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('context.args.n'), order, fc.constantFrom('context.task.calls'))
    .map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('context.args.path', 'context.environment'), fc.constantFrom('==', '!='), text)
    .map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('context.args.path', 'context.environment'), pattern)
    .map(([term, like]) => `${term} like ${like}`),
  fc.constantFrom('context.confirmed', 'context.confirmed == false', 'context.confirmed != true'),
  fc
    .array(text, { minLength: 1, maxLength: 3 })
    .map((set) => `[${set.join(', ')}].contains(context.args.path)`),
  fc.constantFrom('resource in Countersign::Upstream::"a"', 'resource == Countersign::Tool::"b/send"'),
  fc.constantFrom('action in Countersign::Action::"effect:write"', 'action == Countersign::Action::"a/read"'),
  fc.constantFrom('principal == Countersign::Agent::"x"', 'principal in Countersign::Agent::"y"'),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('condition').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
  ),
}));

const scope = fc.record({
  principal: fc.constantFrom(
    'principal',
    'principal in Countersign::Agent::"y"',
    'principal == Countersign::Agent::"x"',
  ),
  action: fc.constantFrom(
    'action in Countersign::Action::"call"',
    'action in Countersign::Action::"effect:write"',
    'action == Countersign::Action::"a/read"',
    'action in [Countersign::Action::"a/read", Countersign::Action::"b/send"]',
  ),
  resource: fc.constantFrom(
    'resource',
    'resource in Countersign::Upstream::"a"',
    'resource == Countersign::Tool::"b/send"',
  ),
});

const policy = fc.record({
  head: fc.constantFrom(
    'permit',
    'permit',
    'forbid',
    '@stepUp("approvers=role:a") forbid',
    '@stepUp("approvers=role:b") forbid',
  ),
  scope,
  kind: fc.constantFrom('when', 'unless'),
  condition: fc.option(condition),
});

const request = fc.record({
  principal: fc.constantFrom('x', 'y', 'z'),
  tool: fc.constantFrom(...tools),
  n: fc.integer({ min: 0, max: 4 }),
  calls: fc.integer({ min: 0, max: 4 }),
  path: fc.constantFrom('a', 'ab', 'b', 'abc', 'abcc', ''),
  environment: fc.constantFrom('a', 'ab', 'c'),
  confirmed: fc.boolean(),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** Ids of the policies whose conditions hold, as the official engine says: each of them as if it were a permit. */
function findSatisfied(staticPolicies: Record<string, string>, given: Request): ReadonlySet<string> {
  const { upstream, name, effects } = given.tool;
  const action = { type: 'Countersign::Action', id: `${upstream}/${name}` };
  const resource = { type: 'Countersign::Tool', id: `${upstream}/${name}` };
  const groups = ['call', ...effects.map((effect) => `effect:${effect}`)];
  const entities: EntityJson[] = [
    { uid: action, attrs: {}, parents: groups.map((id) => ({ type: 'Countersign::Action', id })) },
    { uid: resource, attrs: {}, parents: [{ type: 'Countersign::Upstream', id: upstream }] },
    {
      uid: { type: 'Countersign::Agent', id: 'z' },
      attrs: {},
      parents: [{ type: 'Countersign::Agent', id: 'y' }],
    },
  ];
  const { n, path, calls, environment, confirmed } = given;
  const context = { args: { n, path }, task: { calls }, environment, confirmed };
  const principal = { type: 'Countersign::Agent', id: given.principal };
  const answer = useCedar((cedar) =>
    cedar.isAuthorized({ principal, action, resource, context, entities, policies: { staticPolicies } }),
  );
  if (answer.type !== 'success' || answer.response.diagnostics.errors.length > 0)
    throw new Error('not evaluated', { cause: answer });
  return new Set(answer.response.diagnostics.reason);
}

test('what is said of a policy is so in every request', { timeout: 120_000 }, () => {
  const seen = new Map<string, number>();
  const pairs = fc.tuple(
    fc.array(policy, { minLength: 1, maxLength: 4 }),
    fc.array(request, { minLength: 8, maxLength: 8 }),
  );
  fc.assert(
    fc.property(pairs, ([policies, requests]) => {
      const bodies = policies.map((one) => {
        const { principal, action, resource } = one.scope;
        const clause = one.condition === null ? '' : ` ${one.kind} { ${one.condition} }`;
        return `(${principal}, ${action}, ${resource})${clause};`;
      });
      const file = {
        name: 't.cedar',
        text: policies.map((one, at) => `${one.head} ${bodies[at]}`).join('\n'),
      };
      const { findings } = checkBundle([file], schema);
      const asPermits = Object.fromEntries(bodies.map((body, at) => [`t:${at + 1}`, `permit ${body}`]));
      for (const given of requests) {
        const satisfied = findSatisfied(asPermits, given);
        for (const { code, policyId, message } of findings) {
          seen.set(code, (seen.get(code) ?? 0) + 1);
          if (policyId === null || !satisfied.has(policyId)) continue;
          const other = /t:\d/.exec(message)?.[0] ?? '';
          const tool = /permits (\S+) by name/.exec(message)?.[1];
          if (code === 'policy/dead') throw new Error(`${policyId} is satisfied: ${message}`);
          if (code === 'policy/cancelled' && tool !== `${given.tool.upstream}/${given.tool.name}`) continue;
          const names = [
            'policy/shadowed',
            'policy/redundant',
            'policy/cancelled',
            'policy/step-up-impossible',
          ];
          if (names.includes(code) && !satisfied.has(other))
            throw new Error(`${policyId} without ${other}: ${message}`);
        }
      }
    }),
    { numRuns: 250, seed: 20_261_122 },
  );
  for (const code of ['policy/dead', 'policy/shadowed', 'policy/redundant'])
    expect(seen.get(code), code).toBeGreaterThan(20);
});
