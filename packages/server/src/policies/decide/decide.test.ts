import { describe, expect, it } from 'vitest';
import {
  decideWith,
  makeBundle,
  makeRequest,
  makeTool,
  testAgent,
  testTask,
} from '../create-test-policies.ts';
import type { DecisionRequest } from '../policy-state.ts';

const text = { type: 'string' };
const read = makeTool('files/read', { properties: { path: text }, required: ['path'] });
const write = makeTool('files/write', { effects: ['write'], properties: { path: text } });
const pay = makeTool('payments/pay', {
  effects: ['write', 'spend'],
  properties: {
    amount: { type: 'integer' },
    rate: { type: 'number' },
    note: { type: ['string', 'null'] },
    to: { type: 'array', items: text },
    where: { type: 'object', properties: { city: text, zip: { type: 'integer' } }, required: ['city'] },
    free: { type: 'object' },
    urgent: { type: 'boolean' },
  },
  required: ['amount'],
  amountPointer: '/amount',
});
const tools = [read, write, pay];
const permit = 'permit (principal, action, resource);';
const ask = (who: string) => `@stepUp("approvers=role:${who}")`;

type Row = [
  what: string,
  policies: string,
  request: DecisionRequest,
  effect: string,
  code: string,
  ids?: readonly string[],
];
const paying = makeRequest(pay, {
  amount: 500,
  rate: 1.25,
  to: ['a', 'b'],
  where: { city: 'Ulm', zip: 89073 },
});

/** Decision cases as data: what the policies say, what is asked, what comes out and why. */
const cases: Row[] = [
  ['nothing', '', makeRequest(read, { path: '/a' }), 'deny', 'no_permit', []],
  [
    'a permit for another tool',
    `permit (principal, action == Countersign::Action::"files/write", resource);`,
    makeRequest(read, { path: '/a' }),
    'deny',
    'no_permit',
    [],
  ],
  [
    'a permit for the tool',
    `@id("r") permit (principal, action == Countersign::Action::"files/read", resource);`,
    makeRequest(read, { path: '/a' }),
    'allow',
    'permitted',
    ['t:r'],
  ],
  [
    'a permit for an effect',
    `permit (principal, action in Countersign::Action::"effect:write", resource);`,
    makeRequest(write),
    'allow',
    'permitted',
    ['t:1'],
  ],
  [
    'a permit for another effect',
    `permit (principal, action in Countersign::Action::"effect:read", resource);`,
    makeRequest(write),
    'deny',
    'no_permit',
  ],
  [
    'a permit for calls',
    `permit (principal, action in Countersign::Action::"call", resource);`,
    makeRequest(write),
    'allow',
    'permitted',
  ],
  [
    'a permit for calls, asked for discovery',
    `permit (principal, action in Countersign::Action::"call", resource);`,
    makeRequest(null),
    'deny',
    'no_permit',
  ],
  [
    'discovery',
    `permit (principal, action == Countersign::Action::"discover", resource == Countersign::Upstream::"files");`,
    makeRequest(null),
    'allow',
    'permitted',
  ],
  [
    'discovery elsewhere',
    `permit (principal, action == Countersign::Action::"discover", resource == Countersign::Upstream::"files");`,
    makeRequest(null, {}, { upstream: 'payments' }),
    'deny',
    'no_permit',
  ],
  [
    'a resource',
    `permit (principal, action, resource == Countersign::Resource::"files/file:///a");`,
    makeRequest(null, {}, { operation: 'read_resource', target: 'file:///a' }),
    'allow',
    'permitted',
  ],
  [
    'another resource',
    `permit (principal, action, resource == Countersign::Resource::"files/file:///a");`,
    makeRequest(null, {}, { operation: 'read_resource', target: 'file:///b' }),
    'deny',
    'no_permit',
  ],
  [
    'a resource by its URI',
    `permit (principal, action == Countersign::Action::"read_resource", resource) when { resource.uri like "file:*" };`,
    makeRequest(null, {}, { operation: 'read_resource', target: 'file:///a' }),
    'allow',
    'permitted',
  ],
  [
    'a prompt',
    `permit (principal, action == Countersign::Action::"get_prompt", resource) when { resource.name == "greet" };`,
    makeRequest(null, {}, { operation: 'get_prompt', target: 'greet' }),
    'allow',
    'permitted',
  ],
  [
    'a call that names no tool',
    permit,
    makeRequest(null, {}, { operation: 'call' }),
    'deny',
    'engine_failed',
  ],
  [
    'the upstream in the scope',
    `permit (principal, action, resource in Countersign::Upstream::"payments");`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'the upstream in a condition',
    `permit (principal, action, resource) when { resource in Countersign::Upstream::"payments" };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'another upstream in a condition',
    `permit (principal, action, resource) when { resource in Countersign::Upstream::"files" };`,
    paying,
    'deny',
    'no_permit',
  ],
  [
    'the group in a condition',
    `permit (principal, action, resource) when { action in Countersign::Action::"effect:spend" };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'this agent',
    `permit (principal == Countersign::Agent::"${testAgent.id}", action, resource);`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'another agent',
    `permit (principal == Countersign::Agent::"agt_x", action, resource);`,
    paying,
    'deny',
    'no_permit',
  ],
  [
    "the owner's agent",
    `permit (principal, action, resource) when { principal.owner == context.chain.root && principal.name == "payer" };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'the task',
    `permit (principal, action, resource) when { context.task.ageSeconds == 65 && context.task.calls == 3 && context.task.spendMinor == 1200 && context.task.purpose like "*invoice" };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'how possession is proven',
    `permit (principal, action, resource) when { context.token.binding == "dpop" };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'that each payment must be proven',
    `${'permit (principal, action, resource);'} @id("each") forbid (principal, action in Countersign::Action::"effect:spend", resource) unless { context.token.binding == "dpop" };`,
    { ...paying, binding: 'mtls' },
    'deny',
    'forbidden',
    ['t:each'],
  ],
  [
    'the chain',
    `permit (principal, action, resource) when { context.chain.length == 1 && context.chain.links.contains("${testTask.chainIds[0]}") };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'the time',
    `permit (principal, action, resource) when { context.time.toTime() == duration("12h") };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'the surroundings',
    `permit (principal, action, resource) when { context.environment == "production" && context.dataDomain == "payments" && context.confirmed && context.effects == ["spend", "write"] };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'the amount',
    `permit (principal, action, resource) when { context has spend && context.spend.minor == 500 && context.spend.currency == "EUR" };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'typed arguments',
    `permit (principal, action == Countersign::Action::"payments/pay", resource) when { context.args.amount > 499 && context.args has rate && context.args has to && context.args has where && context.args.rate == decimal("1.2500") && context.args.to.containsAll(["b", "a"]) && context.args.where.city == "Ulm" };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'an argument that is null',
    `permit (principal, action == Countersign::Action::"payments/pay", resource) unless { context.args has note };`,
    makeRequest(pay, { amount: 1, note: null }),
    'allow',
    'permitted',
  ],
  [
    'an argument by presence',
    `permit (principal, action == Countersign::Action::"payments/pay", resource) when { context.args has where.zip };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'arguments of some tools',
    `forbid (principal, action, resource) when { context.args has amount && context.args.amount > 400 }; ${permit}`,
    paying,
    'deny',
    'forbidden',
  ],
  [
    'arguments of other tools',
    `forbid (principal, action, resource) when { context.args has amount && context.args.amount > 400 }; ${permit}`,
    makeRequest(read, { path: 'x' }),
    'allow',
    'permitted',
  ],
  [
    'what cannot be told',
    `forbid (principal, action, resource) unless { context.unmapped.isEmpty() }; ${permit}`,
    makeRequest(pay, { amount: 1, free: { a: 1 } }),
    'deny',
    'forbidden',
  ],
  [
    'what cannot be told, by name',
    `forbid (principal, action, resource) when { context.unmapped == ["extra", "free", "where.more"] }; ${permit}`,
    makeRequest(pay, { amount: 1, free: {}, extra: 1, where: { city: 'Ulm', more: 1 } }),
    'deny',
    'forbidden',
  ],
  [
    'all of the context',
    `permit (principal, action, resource) when { context == context };`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'a step-up',
    `${ask('approver')} @id("s") forbid (principal, action, resource); ${permit}`,
    paying,
    'step_up',
    'step_up_required',
    ['t:s'],
  ],
  [
    'a step-up of nothing permitted',
    `${ask('approver')} forbid (principal, action, resource);`,
    paying,
    'deny',
    'no_permit',
    [],
  ],
  [
    'a step-up and a forbid',
    `${ask('approver')} forbid (principal, action, resource); forbid (principal, action, resource); ${permit}`,
    paying,
    'deny',
    'forbidden',
    ['t:2'],
  ],
  [
    'a step-up that does not apply',
    `${ask('approver')} forbid (principal, action, resource) when { context has spend && context.spend.minor > 900 }; ${permit}`,
    paying,
    'allow',
    'permitted',
  ],
  [
    'two step-ups',
    `${ask('approver')} forbid (principal, action, resource); @stepUp("approvers=role:approver; quorum=2; within=5m") forbid (principal, action, resource); ${permit}`,
    paying,
    'step_up',
    'step_up_required',
    ['t:1', 't:2'],
  ],
  [
    'two step-ups for different people',
    `${ask('approver')} forbid (principal, action, resource); ${ask('admin')} forbid (principal, action, resource); ${permit}`,
    paying,
    'deny',
    'step_up_impossible',
  ],
];

describe('decide', () => {
  it.each<Row>(cases)('%s', async (...row: Row) => {
    const [, policies, request, effect, code, ids] = row;
    const verdict = decideWith(await makeBundle(policies, tools), request);
    expect([verdict.effect, verdict.reasons[0]?.code]).toEqual([effect, code]);
    if (ids !== undefined) expect(verdict.policyIds).toEqual(ids);
  });

  it('merges step-ups into the strictest', async () => {
    const bundle = await makeBundle(
      `@stepUp("approvers=role:approver; within=20m") forbid (principal, action, resource);
       @stepUp("approvers=role:approver; quorum=2; not=owner") forbid (principal, action, resource); ${permit}`,
      tools,
    );
    expect(decideWith(bundle, paying)).toMatchObject({
      effect: 'step_up',
      requirement: { approvers: ['role:approver'], excluded: ['owner'], quorum: 2, withinSeconds: 600 },
    });
  });
});

describe('an erring policy', () => {
  // Integers overflow at run time only: no schema can rule it out.
  const errs = 'context.args.amount * 9007199254740991 * 9007199254740991 > 0';
  const scope = '(principal, action == Countersign::Action::"payments/pay", resource)';

  it('denies when it is a forbid, also where another policy permits', async () => {
    const bundle = await makeBundle(`@id("f") forbid ${scope} when { ${errs} }; ${permit}`, tools);
    expect(decideWith(bundle, paying)).toMatchObject({
      effect: 'deny',
      reasons: [{ code: 'forbid_failed', policyIds: ['t:f'] }],
    });
  });

  it('denies when it is a step-up', async () => {
    const bundle = await makeBundle(`${ask('approver')} forbid ${scope} when { ${errs} }; ${permit}`, tools);
    expect(decideWith(bundle, paying)).toMatchObject({
      effect: 'deny',
      reasons: [{ code: 'forbid_failed' }],
    });
  });

  it('denies beside a step-up that is satisfied', async () => {
    const bundle = await makeBundle(
      `${ask('approver')} forbid (principal, action, resource); forbid ${scope} when { ${errs} }; ${permit}`,
      tools,
    );
    expect(decideWith(bundle, paying)).toMatchObject({
      effect: 'deny',
      reasons: [{ code: 'forbid_failed' }],
    });
  });

  it('does not count when it is a permit', async () => {
    const bundle = await makeBundle(`permit ${scope} when { ${errs} };`, tools);
    expect(decideWith(bundle, paying)).toMatchObject({
      effect: 'deny',
      reasons: [{ code: 'no_permit' }, { code: 'permit_failed' }],
    });
  });
});

describe('a tool that changed after the bundle went live', () => {
  const policies = `permit (principal, action, resource); forbid (principal, action == Countersign::Action::"payments/pay", resource) when { context.args.amount > 400 };`;
  const retyped = makeTool('payments/pay', {
    effects: ['spend'],
    properties: { amount: text },
    required: ['amount'],
  });

  it('is denied while a policy does not fit it; others go on', async () => {
    const bundle = await makeBundle(policies, tools);
    expect(decideWith(bundle, makeRequest(pay, { amount: 1 })).effect).toBe('allow');
    expect(decideWith(bundle, makeRequest(retyped, { amount: '1' }))).toMatchObject({
      effect: 'deny',
      reasons: [{ code: 'forbid_failed', policyIds: ['t:2'] }],
    });
    expect(decideWith(bundle, makeRequest(read, { path: 'x' })).effect).toBe('allow');
    expect([...bundle.listMisfits([read, retyped])]).toEqual([['payments/pay', ['t:2']]]);
    expect(decideWith(bundle, makeRequest(pay, { amount: 1 })).effect).toBe('allow');
  });

  it('is decided by its new effects', async () => {
    const bundle = await makeBundle(
      `permit (principal, action in Countersign::Action::"effect:read", resource);`,
      tools,
    );
    expect(decideWith(bundle, makeRequest(read, { path: 'x' })).effect).toBe('allow');
    expect(decideWith(bundle, makeRequest({ ...read, effects: ['write'] }, { path: 'x' })).effect).toBe(
      'deny',
    );
  });

  it('is decided by the policies for all tools when it is new', async () => {
    const bundle = await makeBundle(policies, tools);
    expect(decideWith(bundle, makeRequest(makeTool('other/new'))).effect).toBe('allow');
  });
});
