import type { Effect, Limits } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { requireApprovers } from './require-approvers.ts';

const agent = { id: 'agt_1', owner_id: 'per_owner' };

function makeLimits(effects: readonly Effect[], environments: readonly string[] = ['production']): Limits {
  return {
    ...{ upstreams: ['payments'], actions: ['*'], arguments: [], dataDomains: '*', effects, environments },
    ...{ expiresAt: 1, calls: null, spendMinor: null, currency: null, depth: 0 },
  };
}

interface World {
  readonly stepUp?: string;
  readonly head?: object;
  readonly mode?: string;
  /** People who may approve. */
  readonly eligible?: readonly string[];
}

function requireIn({ stepUp = 'approvers=role:finance', head = {}, mode = 'enforce', eligible = [] }: World) {
  const policy = { id: 'pay:spend', effect: 'forbid', stepUp, head };
  const context = {
    config: { approvals: { productionEnvironments: ['production'] } },
    platform: { now: () => 1 },
    policies: { live: { policies: [policy], modes: new Map([['pay:spend', mode]]) } },
    approvals: { findEligible: async () => eligible.map((personId) => ({ personId, forPersonId: null })) },
  } as unknown as Context;
  return (limits: Limits) => requireApprovers(context, {} as never, { agent, personId: 'per_me', limits });
}

const lacks = { code: 'delegation.no_approver', data: { policyIds: ['pay:spend'] } };
const spend = makeLimits(['spend']);

describe('requireApprovers', () => {
  it('refuses what reaches production while nobody but the requester could approve it', async () => {
    await expect(requireIn({})(spend)).rejects.toMatchObject(lacks);
    await expect(requireIn({ eligible: ['per_me'] })(spend)).rejects.toMatchObject(lacks);
    await requireIn({ eligible: ['per_other'] })(spend);
    await requireIn({})(makeLimits(['spend'], ['staging']));
  });

  it('wants as many as the quorum', async () => {
    const stepUp = 'approvers=role:finance; quorum=2';
    await expect(requireIn({ stepUp, eligible: ['per_a', 'per_me'] })(spend)).rejects.toMatchObject(lacks);
    await requireIn({ stepUp, eligible: ['per_a', 'per_b'] })(spend);
  });

  it('asks for nobody where no call within the limits could be in the scope', async () => {
    const outside: readonly World[] = [
      { head: { agentId: 'agt_2' } },
      { head: { resource: 'mail/send' } },
      { head: { actions: [{ effect: 'admin' }, { upstream: 'mail' }] } },
      { mode: 'warn' },
      { stepUp: 'unreadable' },
    ];
    for (const world of outside) await requireIn(world)(spend);
    const inside: readonly World[] = [
      { head: { agentId: 'agt_1' } },
      { head: { resource: 'payments/refund' } },
      { head: { actions: [{ effect: 'spend' }] } },
      { head: { actions: [{ upstream: 'payments' }] } },
      { head: { actions: [null] } },
    ];
    for (const world of inside) await expect(requireIn(world)(spend)).rejects.toMatchObject(lacks);
  });
});
