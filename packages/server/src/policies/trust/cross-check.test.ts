import type { CedarPolicyJson, CompiledPolicies } from '@countersign/core';
import { compilePolicies } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { digestFiles } from '../bundle/bundle-input.ts';
import { parseBundle } from '../bundle/parse-bundle.ts';
import { makeTool } from '../create-test-policies.ts';
import { readStarter } from '../folder/read-starter.ts';
import { generateSchema } from '../schema/generate-schema.ts';
import { collectHints } from './collect-hints.ts';
import { type CheckedPolicy, crossCheck } from './cross-check.ts';

const text = { type: 'string' };
const tools = [
  makeTool('files/read', { properties: { path: text } }),
  makeTool('files/write', { effects: ['write'], properties: { path: text, size: { type: 'integer' } } }),
  makeTool('payments/pay', {
    effects: ['write', 'spend'],
    properties: { amount: { type: 'integer' }, rate: { type: 'number' }, to: text },
    amountPointer: '/amount',
  }),
];
const schema = generateSchema(tools);

function parse(source: string): readonly CheckedPolicy[] {
  const { policies, complaints } = parseBundle([{ name: 't.cedar', text: source }]);
  expect(complaints).toEqual([]);
  return policies;
}

function compile(policies: readonly CheckedPolicy[], mutate: (text: string) => string = (same) => same) {
  const staticPolicies = Object.fromEntries(policies.map(({ id, json }) => [id, json]));
  return compilePolicies({
    staticPolicies: JSON.parse(mutate(JSON.stringify(staticPolicies))) as Record<string, CedarPolicyJson>,
  });
}

const check = (policies: readonly CheckedPolicy[], compiled: CompiledPolicies) =>
  crossCheck({ digest: 'a bundle', policies, compiled }, schema);

const limits = parse(`
  permit (principal, action == Countersign::Action::"payments/pay", resource)
    when { context.args has amount && context.args.amount < 5000 && context.args has rate && context.args.rate.lessThan(decimal("1.25")) };
  forbid (principal, action in Countersign::Action::"effect:write", resource in Countersign::Upstream::"files")
    when { context.args has path && context.args.path like "/etc/*" };
  permit (principal, action == Countersign::Action::"files/read", resource is Countersign::Tool);
`);

describe('the check of a bundle by both engines', () => {
  it('finds the starter policies decided alike, and reaches each that can apply', async () => {
    const files = [...(await readStarter())].filter(({ name }) => name.endsWith('.cedar'));
    const { policies } = parseBundle(files);
    const { questions, reached, disagreements } = await check(policies, compile(policies));
    expect(disagreements).toEqual([]);
    expect(questions).toBeGreaterThan(50);
    expect(reached).toBeGreaterThan(policies.length / 2);
  });

  it('finds them decided alike on the very requests that a first start does without', async () => {
    const files = await readStarter();
    const { policies } = parseBundle(files);
    const bundle = { digest: digestFiles(files), policies, compiled: compile(policies) };
    const { questions, disagreements } = await crossCheck(bundle, generateSchema([]));
    expect(disagreements).toEqual([]);
    expect(questions).toBeGreaterThan(50);
  });

  it('asks the same of the same bundle', async () => {
    const [one, other] = [await check(limits, compile(limits)), await check(limits, compile(limits))];
    expect(one).toEqual(other);
    expect(one.reached).toBe(3);
  });

  it.each([
    ['a limit that lies one higher', (json: string) => json.replace('5000', '5001')],
    ['an order that takes in its end', (json: string) => json.replace('"<"', '"<="')],
    ['a decimal that differs in its last digit', (json: string) => json.replace('1.25', '1.2501')],
    [
      'a pattern that ends elsewhere',
      (json: string) => json.replace('{"Literal":"c"},{"Literal":"/"}', '{"Literal":"c"}'),
    ],
    [
      'a scope that is forgotten',
      (json: string) =>
        json.replace(/"op":"in","entity":{"type":"Countersign::Upstream","id":"files"}/, '"op":"All"'),
    ],
    ['a forbid that is none', (json: string) => json.replace('"forbid"', '"permit"')],
  ])('finds out %s', async (_, mutate) => {
    const json = JSON.stringify(limits.map((policy) => policy.json));
    expect(mutate(json)).not.toBe(json);
    const { disagreements } = await check(limits, compile(limits, mutate));
    expect(disagreements.length).toBeGreaterThan(0);
  });

  it('finds out a compiler that refuses what the official engine reads, and one that fails', async () => {
    const broken: CompiledPolicies = {
      ...compile(limits),
      evaluate: () => {
        throw new Error('broken');
      },
    };
    const { disagreements } = await check(limits, broken);
    expect(disagreements[0]?.compiled).toBe('refused');
  });

  it('says of a disagreement what was named, and nothing that was given', async () => {
    const policies = parse(
      `permit (principal, action == Countersign::Action::"files/read", resource) when { context.args has path && context.args.path == "the secret" };`,
    );
    const { disagreements } = await check(
      policies,
      compile(policies, (json) => json.replace('the secret', 'another')),
    );
    expect(disagreements.length).toBeGreaterThan(0);
    expect(JSON.stringify(disagreements)).not.toContain('secret');
    expect(disagreements[0]?.action).toBe('Countersign::Action::"files/read"');
  });

  it('serves others in between', async () => {
    let served = 0;
    let isDone = false;
    const serve = (): void => {
      served += 1;
      if (!isDone) setImmediate(serve);
    };
    serve();
    const { questions } = await check(limits, compile(limits));
    isDone = true;
    expect(served).toBeGreaterThan(questions / 2);
  });

  it('has nothing to ask about no policies, or without any tool', async () => {
    expect(await check([], compile([]))).toEqual({ questions: 0, reached: 0, disagreements: [] });
    const alone = await crossCheck(
      { digest: 'x', policies: limits, compiled: compile(limits) },
      generateSchema([]),
    );
    expect(alone.disagreements).toEqual([]);
  });
});

describe('hints', () => {
  it('are the literals on the other side of what is read', () => {
    const [policy] = parse(`permit (principal, action, resource) when {
      context.task.calls < 7 && principal.name like "a*b" && ["x", "y"].contains(context.environment) && context.time < datetime("2030-01-01") };`);
    if (policy === undefined) throw new Error('no policy');
    const { byPath, all } = collectHints(policy.json);
    expect(byPath.get('context.task.calls')).toEqual([7]);
    expect(byPath.get('principal.name')).toEqual(['ab', 'ax/yb', 'a']);
    expect(byPath.get('context.environment')).toEqual(['x', 'y']);
    expect(byPath.get('context.time')).toEqual([{ __extn: { fn: 'datetime', arg: '2030-01-01' } }]);
    expect(all).toContain(7);
  });
});
