import type { AgentId } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import type { AgentFacts } from '../../agents/index.ts';
import { TaskHistory } from '../../tasks/index.ts';
import {
  decideWith,
  makeBundle,
  makeRequest,
  makeTool,
  testAgent,
  testOwner,
  testTask,
} from '../create-test-policies.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { couldPermit } from './could-permit.ts';

const read = makeTool('files/read', { reversibility: 'reversible', dataDomain: 'payroll' });
const write = makeTool('files/write', { effects: ['write'] });
const fetch = makeTool('web/fetch', { effects: ['read', 'egress'], kind: 'http', dataDomain: 'web' });
const page = makeTool('web/page', { properties: { url: { type: 'string' } } });
const tools = [read, write, fetch, page];

const second = 'agt_00000000000000000000000002' as AgentId;
const member: AgentFacts = { ...testAgent, groups: ['payers', 'night'] };
const giver: AgentFacts = {
  ...testAgent,
  id: second,
  name: 'giver',
  ownerId: 'per_00000000000000000000000002',
  ownerRoles: ['owner', 'finance'],
  groups: ['contractors'],
};
const [link] = testTask.chain;
if (link === undefined) throw new Error('a chain has a link');
/** The giver got its authority from a person, and passed it on to the acting agent. */
const passedOn: Partial<DecisionRequest> = {
  agent: member,
  givers: [giver],
  task: {
    ...testTask,
    chain: [
      { ...link, to: second },
      { ...link, from: second },
    ],
    chainIds: [link.id, link.id],
  },
};

function makeHistory(): TaskHistory {
  return new TaskHistory(testTask.id, [
    { fact: 'upstream', name: 'files', times: 1 },
    { fact: 'tool', name: 'files/read', times: 1 },
    { fact: 'data_domain', name: 'payroll', times: 1 },
    { fact: 'effect', name: 'read', times: 1 },
    { fact: 'label', name: 'untrusted', times: 1 },
    { fact: 'label', name: 'confidential', times: 1 },
    { fact: 'label', name: 'audience:domain:home.org,group:pay', times: 1 },
    { fact: 'denial', name: '', times: 3 },
  ]);
}

type Row = readonly [what: string, condition: string, request: DecisionRequest, isTrue: boolean];

const grouped = makeRequest(read, {}, { agent: member });
const handed = makeRequest(read, {}, passedOn);
const later = makeRequest(fetch, {}, { task: { ...testTask, history: makeHistory() } });
/** The account of the giver's owner may be in other hands. */
const risky = makeRequest(read, {}, { ...passedOn, risks: new Map([[giver.ownerId, 'high']]) });
const opening = (url: string) =>
  makeRequest(page, { url }, { task: { ...testTask, history: makeHistory() } });
const group = (name: string) => `Countersign::Group::"${name}"`;
const actionGroup = (name: string) => `action in Countersign::Action::"${name}"`;

const rows: readonly Row[] = [
  ['its group', `principal in ${group('payers')}`, grouped, true],
  ['no group of its own', `principal in ${group('payers')}`, makeRequest(read), false],
  ['the names of its groups', 'principal.groups.contains("night")', grouped, true],
  ['the group of who passed it on', `principal in ${group('contractors')}`, handed, true],
  ['as no group of its own', 'principal.groups.contains("contractors")', handed, false],
  [
    'the group of the giver',
    `context.chain has giver && context.chain.giver in ${group('contractors')}`,
    handed,
    true,
  ],
  [
    'the giver has not the groups of who it gave to',
    `context.chain has giver && context.chain.giver in ${group('payers')}`,
    handed,
    false,
  ],
  ['the roles of the owner', 'principal.owner.roles.contains("owner")', grouped, true],
  [
    'the roles of the giver’s owner',
    'context.chain has giver && context.chain.giver.owner.roles.contains("finance")',
    handed,
    true,
  ],
  ['the roles of the person at the head', 'context.chain.root.roles.contains("owner")', grouped, true],
  ['the risk of the owner', 'principal.owner.risk == "low"', risky, true],
  ['the risk of whoever it rests on', 'context.risk == "high"', risky, true],
  [
    'the risk of the giver’s owner',
    'context.chain has giver && context.chain.giver.owner.risk == "high"',
    risky,
    true,
  ],
  ['no risk', 'context.risk == "low"', handed, true],
  ['a protocol', actionGroup('kind:mcp'), grouped, true],
  ['another protocol', actionGroup('kind:http'), grouped, false],
  ['HTTP', actionGroup('kind:http'), later, true],
  [
    'the protocol of the upstream',
    'resource is Countersign::Tool && resource.upstream.kind == "mcp"',
    grouped,
    true,
  ],
  [
    'the environment of the upstream',
    'resource is Countersign::Tool && resource.upstream.environment == "production"',
    grouped,
    true,
  ],
  ['what can be taken back', actionGroup('irreversible'), grouped, false],
  ['what nobody has confirmed', actionGroup('irreversible'), makeRequest(write), true],
  ['the word for it', 'context.reversibility == "unknown"', makeRequest(write), true],
  ['a data domain', 'resource in Countersign::DataDomain::"payroll"', grouped, true],
  ['another data domain', 'resource in Countersign::DataDomain::"web"', grouped, false],
  ['the age of the token', 'context.token.ageSeconds == 30', grouped, true],
  ['no token yet', 'context.token.ageSeconds == 0', makeRequest(read, {}, { tokenIssuedAt: null }), true],
  ['what was called', 'context.task.facts.toolsCalled.contains("files/read")', later, true],
  ['which upstreams', 'context.task.facts.upstreamsCalled == ["files"]', later, true],
  ['what was read', 'context.task.facts.dataDomainsRead.contains("payroll")', later, true],
  ['what was done', 'context.task.facts.effectsDone.contains("write")', later, false],
  ['how often it was refused', 'context.task.facts.denials > 2', later, true],
  ['what it may believe', 'context.task.labels.trust == "untrusted"', later, true],
  ['how much harm what it read does', 'context.task.labels.sensitivity == 2', later, true],
  [
    'who may see it',
    'context.task.labels has audience && context.task.labels.audience.contains("group:pay")',
    later,
    true,
  ],
  [
    'the labels of nothing',
    'context.task.labels.trust == "trusted" && !(context.task.labels has audience)',
    grouped,
    true,
  ],
  ['that it sends', 'context.egress', later, true],
  ['that it only reads', 'context.egress', grouped, false],
  ['that reading an address tells its owner', 'context.egress', opening('https://evil.org/x'), true],
  ['where that is', 'context.audience == "outside"', opening('https://evil.org/x'), true],
  ['where it belongs', 'context.audience == "inside"', opening('https://www.home.org/x'), true],
  ['that nobody knows where', 'context.audience == "unknown"', later, true],
  ['a task that has done nothing', 'context.task.facts.toolsCalled.isEmpty()', grouped, true],
];

describe('a request tells', () => {
  it.each(rows)('%s, in a condition', async (_, condition, request, isTrue) => {
    const bundle = await makeBundle(`permit (principal, action, resource) when { ${condition} };`, tools);
    expect(decideWith(bundle, request).effect).toBe(isTrue ? 'allow' : 'deny');
  });

  it.each<[string, DecisionRequest, boolean]>([
    [`principal in ${group('payers')}, action, resource`, grouped, true],
    [`principal is Countersign::Agent in ${group('contractors')}, action, resource`, handed, true],
    [`principal in ${group('others')}, action, resource`, handed, false],
    [`principal, ${actionGroup('kind:mcp')}, resource`, grouped, true],
    [`principal, ${actionGroup('irreversible')}, resource`, grouped, false],
    ['principal, action, resource in Countersign::DataDomain::"payroll"', grouped, true],
    ['principal, action, resource is Countersign::Tool in Countersign::DataDomain::"web"', later, true],
    ['principal, action, resource in Countersign::DataDomain::"web"', grouped, false],
  ])('as much in a scope: %s', async (scope, request, isTrue) => {
    const bundle = await makeBundle(`permit (${scope});`, tools);
    expect(decideWith(bundle, request).effect).toBe(isTrue ? 'allow' : 'deny');
    expect(couldPermit(bundle, request)).toBe(isTrue);
  });

  it('of the data domain of a resource, which differs from call to call', async () => {
    const bundle = await makeBundle(
      'permit (principal, action, resource in Countersign::DataDomain::"payroll");',
      tools,
    );
    const reading = { operation: 'read_resource', target: 'file:///a' } as const;
    expect(decideWith(bundle, makeRequest(null, {}, { ...reading, dataDomain: 'payroll' })).effect).toBe(
      'allow',
    );
    expect(decideWith(bundle, makeRequest(null, {}, { ...reading, dataDomain: 'web' })).effect).toBe('deny');
  });
});

describe('calls of models and peers', () => {
  const asking = { operation: 'call_model', upstream: 'openai', target: 'gpt', kind: 'model' } as const;
  const peer: AgentFacts = { ...giver, groups: ['peers'] };
  const calling = { operation: 'call_agent', upstream: 'mesh', target: second, kind: 'agent', peer } as const;

  it.each<[string, Partial<DecisionRequest>, string]>([
    [
      'principal, action == Countersign::Action::"call_model", resource == Countersign::Model::"openai/gpt"',
      asking,
      'allow',
    ],
    [
      'principal, action == Countersign::Action::"call_model", resource in Countersign::Upstream::"openai"',
      asking,
      'allow',
    ],
    ['principal, action in Countersign::Action::"kind:model", resource', asking, 'allow'],
    ['principal, action in Countersign::Action::"call", resource', asking, 'deny'],
    [
      `principal, action == Countersign::Action::"call_agent", resource == Countersign::Agent::"${second}"`,
      calling,
      'allow',
    ],
    [
      `principal, action in Countersign::Action::"kind:agent", resource in ${group('peers')}`,
      calling,
      'allow',
    ],
    [
      `principal, action in Countersign::Action::"kind:agent", resource in ${group('payers')}`,
      calling,
      'deny',
    ],
  ])('can be named: %s', async (scope, change, effect) => {
    const bundle = await makeBundle(`permit (${scope});`, tools);
    expect(decideWith(bundle, makeRequest(null, {}, change)).effect).toBe(effect);
  });

  it('deny where a rule asks what is not known of a stranger', async () => {
    const bundle = await makeBundle(
      `permit (principal, action, resource);
       forbid (principal, action == Countersign::Action::"call_agent", resource)
       when { resource.environment != "production" };`,
      tools,
    );
    expect(decideWith(bundle, makeRequest(null, {}, calling)).effect).toBe('allow');
    const { peer: _, ...stranger } = calling;
    expect(decideWith(bundle, makeRequest(null, {}, stranger)).reasons[0]?.code).toBe('forbid_failed');
  });

  it('describe an agent that calls itself once', async () => {
    const bundle = await makeBundle(
      'permit (principal, action, resource) when { principal.owner == resource.owner };',
      [],
    ).catch((error: Error) => error);
    expect(bundle).toBeInstanceOf(Error);
    const own = await makeBundle(
      `permit (principal, action == Countersign::Action::"call_agent", resource)
       when { principal.owner == resource.owner && principal.owner.roles.contains("owner") };`,
      tools,
    );
    const itself = { ...calling, target: testAgent.id, peer: testAgent };
    expect(decideWith(own, makeRequest(null, {}, itself)).effect).toBe('allow');
    expect(testOwner).toBe(testAgent.ownerId);
  });
});

describe('hostile names in a request', () => {
  const reading = (target: string) => makeRequest(null, {}, { operation: 'read_resource', target });
  const named = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  it.each([...named, '\ud800', 'x'.repeat(100_000), '', '"; permit (principal, action, resource); //'])(
    'are names and nothing else: a resource',
    async (target) => {
      const bundle = await makeBundle(
        `permit (principal, action, resource is Countersign::Resource) when { resource.uri like "file:*" };
         @id("no") forbid (principal, action, resource) when { resource in Countersign::DataDomain::"constructor" };`,
        tools,
      );
      expect(decideWith(bundle, reading(target)).effect).toBe('deny');
      expect(decideWith(bundle, reading('file:///a')).effect).toBe('allow');
    },
  );

  it.each(named)('are names and nothing else: a tool, a group and a fact called %s', async (name) => {
    const tool = makeTool(`files/${name}`);
    const bundle = await makeBundle(
      `permit (principal, action == Countersign::Action::"files/${name}", resource)
       when { principal in Countersign::Group::"${name}" || principal.groups.contains("${name}")
         || context.task.facts.toolsCalled.contains("files/${name}") };`,
      [tool],
    );
    const decide = (change: Partial<DecisionRequest>) =>
      decideWith(bundle, makeRequest(tool, {}, change)).effect;
    expect(decide({})).toBe('deny');
    expect(decide({ agent: { ...testAgent, groups: [name] } })).toBe('allow');
    const history = new TaskHistory(testTask.id, [{ fact: 'tool', name: `files/${name}`, times: 1 }]);
    expect(decide({ task: { ...testTask, history } })).toBe('allow');
  });

  it('deny where an amount is beyond what can be counted', async () => {
    const pay = makeTool('payments/pay', {
      effects: ['spend'],
      properties: { amount: { type: 'integer' } },
      amountPointer: '/amount',
    });
    const bundle = await makeBundle(
      `permit (principal, action == Countersign::Action::"payments/pay", resource)
       when { context has spend && context.spend.minor <= 100 };`,
      [pay],
    );
    for (const amount of [2 ** 53, 1e300, 1.5, '5', null, [5]])
      expect(decideWith(bundle, makeRequest(pay, { amount })).effect, String(amount)).toBe('deny');
    expect(decideWith(bundle, makeRequest(pay, { amount: 100 })).effect).toBe('allow');
  });
});
