import { AppError } from '@countersign/api';
import { type Limits, parseStepUp, type Requirement } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Context } from '../context.ts';
import type { Schema } from '../plugins/database/schema.ts';
import type { PolicyHead } from '../policies/index.ts';

/** What is to be delegated, and for whom the agent will act. */
export interface Delegating {
  readonly agent: { readonly id: string; readonly owner_id: string };
  readonly personId: string;
  readonly limits: Limits;
}

/**
 * A delegation that reaches production has somebody who could say yes wherever policy would ask: for every step-up in
 * force whose scope fits the agent and the limits, as many eligible approvers as it wants, none of them the person the
 * agent acts for. Conditions are not looked at. Throws `delegation.no_approver`.
 */
export async function requireApprovers(
  context: Pick<Context, 'approvals' | 'config' | 'platform' | 'policies'>,
  sql: Kysely<Schema>,
  delegating: Delegating,
): Promise<void> {
  const { productionEnvironments } = context.config.approvals;
  if (!delegating.limits.environments.some((name) => productionEnvironments.includes(name))) return;
  const lacking: string[] = [];
  for (const { id, requirement } of listStepUps(context, delegating)) {
    if (!(await canBeMet(context, sql, requirement, delegating))) lacking.push(id);
  }
  if (lacking.length === 0) return;
  const named = lacking.slice(0, 8).join(', ');
  throw new AppError('delegation.no_approver', {
    detail: `${named}: give the people whom the policy names the role approver and a passkey, or leave production out`,
    data: { policyIds: lacking },
  });
}

function listStepUps(context: Pick<Context, 'policies'>, delegating: Delegating) {
  const { live } = context.policies;
  return (live?.policies ?? []).flatMap(({ id, head, effect, stepUp }) => {
    if (effect !== 'forbid' || stepUp === undefined || (live?.modes.get(id) ?? 'enforce') !== 'enforce')
      return [];
    const parsed = parseStepUp(stepUp);
    return parsed.ok && couldConcern(head, delegating) ? [{ id, requirement: parsed.requirement }] : [];
  });
}

/** False only when no call within the limits could be in the scope. */
function couldConcern(head: PolicyHead, { agent, limits }: Delegating): boolean {
  const reaches = (name: string): boolean =>
    limits.upstreams === '*' || limits.upstreams.includes(name.split('/', 1)[0] ?? '');
  if (head.agentId !== undefined && head.agentId !== agent.id) return false;
  if (head.resource !== undefined && !reaches(head.resource)) return false;
  return (
    head.actions === undefined ||
    head.actions.some((action) => {
      if (action === null) return true;
      return 'effect' in action ? limits.effects.includes(action.effect) : reaches(action.upstream);
    })
  );
}

/** Also by those who are asked later, for they too can decide before it is over. */
async function canBeMet(
  { approvals, platform }: Pick<Context, 'approvals' | 'platform'>,
  sql: Kysely<Schema>,
  requirement: Requirement,
  { agent, personId }: Delegating,
): Promise<boolean> {
  const parties = { ownerId: agent.owner_id, requesterId: personId, at: platform.now() };
  const find = async (asked: Requirement) => {
    const found = await approvals.findEligible(sql, {
      ...parties,
      requirement: asked,
      elapsedSeconds: Number.POSITIVE_INFINITY,
    });
    return found.filter((one) => one.personId !== personId && one.forPersonId !== personId);
  };
  if ((await find(requirement)).length < requirement.quorum) return false;
  for (const part of requirement.each ?? []) {
    if ((await find({ ...requirement, approvers: [part], escalation: [] })).length === 0) return false;
  }
  return true;
}
