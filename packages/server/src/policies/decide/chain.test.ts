import type { AgentId, DelegationId, PersonId } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import type { AgentFacts } from '../../agents/index.ts';
import type { HeldLink } from '../../tasks/index.ts';
import {
  decideWith,
  makeBundle,
  makeRequest,
  makeTool,
  testAgent,
  testNow,
  testOwner,
  testTask,
  wideLimits,
} from '../create-test-policies.ts';
import { couldPermit } from './could-permit.ts';

const other = 'per_00000000000000000000000002';
const first: AgentFacts = {
  ...testAgent,
  id: 'agt_00000000000000000000000002',
  name: 'planner',
  ownerId: other,
};
const second: AgentFacts = { ...first, id: 'agt_00000000000000000000000003', name: 'router' };

function makeLink(number: number, from: string, to: string, more: Partial<HeldLink> = {}): HeldLink {
  return {
    id: `dlg_0000000000000000000000000${number}` as DelegationId,
    from: from as PersonId | AgentId,
    to: to as AgentId,
    limits: wideLimits,
    revoked: false,
    purpose: `purpose ${number}`,
    createdAt: testNow - 7_200_000,
    ...more,
  };
}

const chain = [
  makeLink(1, testOwner, first.id, { limits: { ...wideLimits, calls: 50, depth: 2 } }),
  makeLink(2, first.id, second.id),
  makeLink(3, second.id, testAgent.id, {
    limits: { ...wideLimits, effects: ['read'], spendMinor: 100, dataDomains: ['files'] },
  }),
];
const task = { ...testTask, chain, chainIds: chain.map((link) => link.id) };
const tool = makeTool('files/read');
const passedOn = makeRequest(tool, {}, { task, givers: [first, second] });
const direct = makeRequest(tool);

const permitWhen = async (condition: string) =>
  makeBundle(`permit (principal, action, resource) when { ${condition} };`, [tool]);

describe('policies on a chain', () => {
  it.each([
    ['its length', 'context.chain.length == 3'],
    ['any agent of it', `context.chain.agents.contains(Countersign::Agent::"${first.id}")`],
    ['any owner of it', `context.chain.owners.contains(Countersign::Person::"${other}")`],
    ['any purpose of it', 'context.chain.purposes.contains("purpose 2")'],
    ['any delegation of it', `context.chain.links.contains("${chain[1]?.id}")`],
    ['who gave the authority', `context.chain has giver && context.chain.giver.name == "router"`],
    ['whose agent the giver is', `context.chain has giver && context.chain.giver.owner != principal.owner`],
    [
      'the first link',
      'context.chain.first.depth == 2 && context.chain.first has calls && context.chain.first.calls == 50',
    ],
    ['the first agent', 'context.chain.first.agent.name == "planner"'],
    [
      'the last link',
      `!context.chain.last.effects.contains("write") && context.chain.last.dataDomains == ["files"]
        && context.chain.last has spendMinor && context.chain.last.spendMinor == 100`,
    ],
    ['what is not counted', 'context.chain.length == 3 && !(context.chain.last has calls)'],
    ['its age', 'context.chain.first.ageSeconds == 7200 && context.chain.last.agent == principal'],
    ['all upstreams', 'context.chain.length == 3 && context.chain.last.upstreams.contains("*")'],
    ['what it stands in', `principal in Countersign::Agent::"${first.id}"`],
    [
      'what it stands in, of one kind',
      `principal is Countersign::Agent in Countersign::Agent::"${second.id}"`,
    ],
  ])('can speak of %s', async (_, condition) => {
    const bundle = await permitWhen(condition);
    expect(decideWith(bundle, passedOn).effect).toBe('allow');
    expect(decideWith(bundle, direct).effect).toBe('deny');
  });

  it('say so of direct authority too', async () => {
    const bundle = await permitWhen(`!(context.chain has giver)
      && context.chain.agents == [principal] && context.chain.owners == [principal.owner]
      && context.chain.first.id == context.chain.last.id`);
    expect(decideWith(bundle, direct).effect).toBe('allow');
    expect(decideWith(bundle, passedOn).effect).toBe('deny');
  });

  it('in the scope mean an agent and all it passed on, or itself alone', async () => {
    const within = await makeBundle(
      `permit (principal in Countersign::Agent::"${first.id}", action, resource);`,
      [tool],
    );
    expect(decideWith(within, passedOn).effect).toBe('allow');
    expect(decideWith(within, direct).effect).toBe('deny');
    const same = await makeBundle(
      `permit (principal == Countersign::Agent::"${first.id}", action, resource);`,
      [tool],
    );
    expect(decideWith(same, passedOn).effect).toBe('deny');
    expect(decideWith(same, makeRequest(tool, {}, { agent: first })).effect).toBe('allow');
    expect(couldPermit(within, passedOn)).toBe(true);
    expect(couldPermit(within, direct)).toBe(false);
    expect(couldPermit(same, passedOn)).toBe(false);
  });

  it('forbid what came through an agent, whoever calls', async () => {
    const bundle = await makeBundle(
      `permit (principal, action, resource);
       @id("not-through-router") forbid (principal, action, resource)
       when { context.chain.agents.contains(Countersign::Agent::"${second.id}") };`,
      [tool],
    );
    expect(decideWith(bundle, passedOn)).toMatchObject({
      effect: 'deny',
      policyIds: ['t:not-through-router'],
    });
    expect(decideWith(bundle, direct).effect).toBe('allow');
  });
});
