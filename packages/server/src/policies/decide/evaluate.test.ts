import type { CedarEvaluation } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideWith, makeBundle, makeRequest, makeTool, testAgent } from '../create-test-policies.ts';
import { useCedar } from '../engine/cedar.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { ACTION_TYPE } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';
import { generateSchema } from '../schema/generate-schema.ts';
import { couldPermit } from './could-permit.ts';
import { describeRequest } from './describe-request.ts';
import { prepareOfficial, writeOfficialCall } from './evaluate-official.ts';

const text = { type: 'string' };
const tools = [
  makeTool('files/read', { properties: { path: text } }),
  makeTool('files/write', { effects: ['write'], properties: { path: text, size: { type: 'integer' } } }),
  makeTool('payments/pay', {
    effects: ['write', 'spend'],
    properties: { amount: { type: 'integer' } },
    amountPointer: '/amount',
    confirmed: false,
  }),
];

const principals = [
  'principal',
  'principal is Countersign::Agent',
  `principal == Countersign::Agent::"${testAgent.id}"`,
  'principal == Countersign::Agent::"agt_x"',
  `principal in Countersign::Agent::"${testAgent.id}"`,
];
const actions = [
  'action',
  'action in Countersign::Action::"call"',
  'action in Countersign::Action::"effect:write"',
  'action in [Countersign::Action::"effect:spend", Countersign::Action::"discover"]',
  'action == Countersign::Action::"files/read"',
  'action == Countersign::Action::"payments/pay"',
  'action == Countersign::Action::"read_resource"',
  'action in Countersign::Action::"discover"',
];
const resources = [
  'resource',
  'resource is Countersign::Tool',
  'resource is Countersign::Tool in Countersign::Upstream::"files"',
  'resource in Countersign::Upstream::"payments"',
  'resource == Countersign::Tool::"files/write"',
  'resource == Countersign::Upstream::"files"',
  'resource is Countersign::Resource',
  'resource == Countersign::Resource::"files/file:///a"',
  'resource in Countersign::Resource::"files/file:///a"',
];
const conditions = [
  '',
  'when { context.args has amount && context.args.amount > 10 }',
  'when { context.args has path && context.args.path like "/a*" }',
  'when { context has spend && context.spend.minor > 10 }',
  'unless { context.confirmed }',
  'when { context.effects.contains("write") }',
  'when { principal.owner == context.chain.root }',
  'when { resource in Countersign::Upstream::"files" }',
  'when { action in Countersign::Action::"call" && context.task.calls < 5 }',
  'unless { context.unmapped.isEmpty() }',
  'when { context.args has size && context.args.size * 9007199254740991 * 9007199254740991 > 0 }',
  'when { context has predicted && !context.predicted }',
  'unless { context has predicted && context.predicted }',
  'when { context.time < datetime("2030-01-01") }',
  'when { if context.confirmed then principal.name == "payer" else resource == Countersign::Tool::"payments/pay" }',
];

const policy = fc
  .tuple(
    fc.constantFrom('permit', 'permit', 'forbid'),
    fc.boolean(),
    fc.constantFrom(...principals),
    fc.constantFrom(...actions),
    fc.constantFrom(...resources),
    fc.constantFrom(...conditions),
  )
  .map(([effect, isStepUp, principal, action, resource, condition]) => {
    const stepUp = effect === 'forbid' && isStepUp ? '@stepUp("approvers=role:approver") ' : '';
    return `${stepUp}${effect} (${principal}, ${action}, ${resource}) ${condition};`;
  });

const [read, write, pay] = tools as [(typeof tools)[0], (typeof tools)[0], (typeof tools)[0]];
const request: fc.Arbitrary<DecisionRequest> = fc.constantFrom(
  makeRequest(read, { path: '/a/b' }),
  makeRequest(read, { path: '/b', extra: 1 }),
  makeRequest(write, { path: '/a', size: 3 }),
  makeRequest(write, { path: '/a' }, { predicted: true }),
  makeRequest(read, { path: '/a' }, { predicted: false }),
  makeRequest(pay, { amount: 5 }),
  makeRequest(pay, { amount: 50 }),
  makeRequest(null),
  makeRequest(null, {}, { upstream: 'payments' }),
  makeRequest(null, {}, { operation: 'read_resource', target: 'file:///a' }),
  makeRequest(null, {}, { operation: 'read_resource', target: 'file:///b' }),
);

function tell(asked: DecisionRequest) {
  const told = describeRequest(asked);
  if (told === undefined) throw new Error('no such request');
  return told;
}

/** The engine with all policies as they are written, all of the context, all entities and the schema. */
function askPlainly(policies: Readonly<Record<string, string>>, asked: DecisionRequest): string {
  const call = writeOfficialCall(tell(asked));
  if (call === undefined) throw new Error('no such request');
  const answer = useCedar((cedar) =>
    cedar.isAuthorized({
      ...call,
      // The schema knows the actions.
      entities: call.entities.filter(({ uid }) => readEntityName(uid).type !== ACTION_TYPE),
      policies: { staticPolicies: policies },
      schema: generateSchema(tools),
      validateRequest: true,
    }),
  );
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
  const { decision, diagnostics } = answer.response;
  const erring = diagnostics.errors.map((error) => error.policyId);
  const isForbidErring = erring.some((id) => policies[id]?.includes('forbid ('));
  if (isForbidErring) return 'deny';
  if (decision === 'allow') return 'allow';
  const isAsked = (id: string): boolean => policies[id]?.startsWith('@stepUp') === true;
  if (diagnostics.reason.length === 0 || !diagnostics.reason.every(isAsked)) return 'deny';
  const others = Object.fromEntries(Object.entries(policies).filter(([id]) => !isAsked(id)));
  return askPlainly(others, asked) === 'allow' ? 'step_up' : 'deny';
}

const withoutMessages = (evaluation: CedarEvaluation | undefined) => ({
  ...evaluation,
  errors: evaluation?.errors.map(({ policyId }) => policyId),
});

/** Too rare to be left to chance: nothing but a step-up keeps the call from being allowed. */
const stepUpInTheWay = [
  'permit (principal, action, resource);',
  '@stepUp("approvers=role:approver") forbid (principal, action, resource);',
];

describe('the compiled policies', () => {
  it('give the verdict of the official engine, which reads the whole request', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(policy, { minLength: 1, maxLength: 8 }),
        fc.array(request, { minLength: 1, maxLength: 4 }),
        async (policies, requests) => {
          const bundle = await makeBundle(policies.join('\n'), tools);
          const official = prepareOfficial(bundle.policies);
          const named = Object.fromEntries(policies.map((one, index) => [`t:${index + 1}`, one]));
          for (const asked of requests) {
            const verdict = decideWith(bundle, asked);
            seen.add(verdict.effect);
            expect([verdict.effect, policies]).toEqual([askPlainly(named, asked), policies]);
            const evaluation = bundle.compiled.evaluate(tell(asked));
            expect(withoutMessages(official.evaluate(tell(asked)))).toEqual(withoutMessages(evaluation));
            if (asked.tool !== null && verdict.effect !== 'deny')
              expect(couldPermit(bundle, asked)).toBe(true);
          }
          official.release();
        },
      ),
      { numRuns: 250, examples: [[stepUpInTheWay, [makeRequest(read, { path: '/a/b' })]]] },
    );
    expect(seen).toEqual(new Set(['allow', 'step_up', 'deny']));
  }, 60_000);

  it('hide only tools that nothing could allow', async () => {
    const visible = async (policies: string, agent = testAgent.id) => {
      const bundle = await makeBundle(policies, tools);
      return tools
        .filter((tool) => couldPermit(bundle, makeRequest(tool, {}, { agent: { ...testAgent, id: agent } })))
        .map((tool) => tool.name);
    };
    expect(await visible('')).toEqual([]);
    expect(await visible('permit (principal, action, resource) when { context.task.calls > 1000 };')).toEqual(
      ['read', 'write', 'pay'],
    );
    expect(
      await visible('permit (principal, action in Countersign::Action::"effect:write", resource);'),
    ).toEqual(['write', 'pay']);
    expect(
      await visible(
        'permit (principal, action, resource); forbid (principal, action, resource == Countersign::Tool::"files/write");',
      ),
    ).toEqual(['read', 'pay']);
    expect(
      await visible(
        'permit (principal, action, resource); @stepUp("approvers=owner") forbid (principal, action, resource);',
      ),
    ).toEqual(['read', 'write', 'pay']);
    expect(await visible(`permit (principal == Countersign::Agent::"agt_x", action, resource);`)).toEqual([]);
    expect(
      await visible(`permit (principal == Countersign::Agent::"agt_x", action, resource);`, 'agt_x'),
    ).toEqual(['read', 'write', 'pay']);
    expect(
      await visible(
        `permit (principal, action, resource); forbid (principal == Countersign::Agent::"agt_x", action, resource);`,
      ),
    ).toEqual(['read', 'write', 'pay']);
  });
});
