// Guarantees: a ruling of the delegated limits and of the policy in force now. Never an allow on failure.
import { AppError } from '@countersign/api';
import {
  type LimitedCall,
  type Limits,
  mergeObligations,
  NO_OBLIGATIONS,
  type Obligations,
  permits,
  type RaisedRisks,
  satisfiesNow,
  shapesResult,
} from '@countersign/core';
import type { Approval } from '../approvals/index.ts';
import type { Context } from '../context.ts';
import { addToday, type BoundLimit, type DecisionRequest, noteRequest } from '../policies/index.ts';
import { actionKindOf } from '../upstreams/index.ts';
import { capUnbound } from './cap-unbound.ts';
import { claimGrant } from './claim-grant.ts';
import { decideForEvery, isForEvery } from './decide-for-every.ts';
import { requireMeetable } from './meet-obligations.ts';
import { narrowByMapping } from './narrow-by-mapping.ts';
import { requireGivenCall } from './require-exact-call.ts';
import { requireFresh } from './require-fresh.ts';
import { allows, type Decided, type Intended, type Ruling } from './stages.ts';
import { writeWarnings } from './write-notices.ts';

export async function decide(context: Context, intended: Intended): Promise<Decided> {
  const decided = isForEvery(intended)
    ? await decideEvery(context, intended)
    : await decideOne(context, intended);
  const { ruling, message } = decided;
  if (ruling.effect !== 'deny') requireMeetable(message.operation, ruling.obligations);
  if (intended.asked?.shapesResults === false && ruling.effect !== 'deny' && shapesResult(ruling.obligations))
    throw new AppError('action.obligation_unmet');
  if (allows(decided)) requireFresh(context, decided);
  return decided;
}

async function decideEvery(context: Context, intended: Intended): Promise<Decided> {
  const request = describeRequest(context, intended);
  const facts = noteRequest(request, context.policies.live?.sequences);
  const before = intended.task.history.liftsUsedAt(request.now);
  const ruled = await decideForEvery(context, intended);
  // It was ruled upstream by upstream, while others were signed and used up.
  const lifts = [...new Set([...before, ...intended.task.history.liftsUsedAt(request.now)])];
  return { ...intended, ...ruled, facts, lifts, approval: null, grant: null } as Decided;
}

async function decideOne(context: Context, intended: Intended): Promise<Decided> {
  const request = describeRequest(context, intended);
  const limited = ruleByLimits(intended.task.limits, request, intended.spend);
  if (limited !== null) {
    return {
      ...intended,
      ruling: limited,
      policyVersion: context.policies.version,
      limits: [],
      facts: noteRequest(request, context.policies.live?.sequences),
      lifts: intended.task.history.liftsUsedAt(request.now),
      approval: null,
      grant: null,
    } as Decided;
  }
  const asked = await addToday(context, request, intended.spend);
  const { ruling: judged, policyVersion, limits } = ruleByPolicy(context, asked);
  // In the same turn: other calls of the task change what it has used and done.
  const facts = noteRequest(asked, context.policies.live?.sequences);
  const lifts = intended.task.history.liftsUsedAt(asked.now);
  const narrowed = narrowByMapping(context, intended, judged);
  const ruling = oweWithCall(narrowed, intended.message.owed);
  const approval = findApproval(context, intended, ruling);
  if (ruling.effect === 'allow') requireGivenCall(context, intended, approval);
  const grant = approval === null ? claimGrant(context, intended, ruling, asked) : null;
  return { ...intended, ruling, policyVersion, limits, facts, lifts, approval, grant } as Decided;
}

/** What follows a call up brings the answer that the call was allowed for. */
function oweWithCall(ruling: Ruling, owed: Obligations | undefined): Ruling {
  if (owed === undefined) return ruling;
  return { ...ruling, obligations: mergeObligations([ruling.obligations, owed]) };
}

export function ruleByPolicy(
  context: Pick<Context, 'config' | 'policies'>,
  request: DecisionRequest,
): { readonly ruling: Ruling; readonly policyVersion: string; readonly limits: readonly BoundLimit[] } {
  const { verdict, policyVersion, limits, obligations } = context.policies.decide(request);
  const ruling: Ruling = {
    effect: verdict.effect,
    by: 'policy',
    policyIds: verdict.policyIds,
    permits: verdict.permits,
    observed: verdict.observed,
    notices: writeWarnings(verdict),
    reasons: verdict.reasons,
    requirement: verdict.effect === 'step_up' ? verdict.requirement : null,
    obligations,
  };
  return { ruling: capUnbound(context.config, request, ruling), policyVersion, limits };
}

/** What policy is asked about the action. */
export function describeRequest(
  context: Pick<Context, 'platform' | 'risk'>,
  intended: Pick<
    Intended,
    | 'agent'
    | 'givers'
    | 'rootRoles'
    | 'task'
    | 'message'
    | 'tool'
    | 'effects'
    | 'dataDomain'
    | 'target'
    | 'token'
  > &
    Partial<Pick<Intended, 'intent'>>,
): DecisionRequest {
  const { agent, givers, rootRoles, task, message, tool, effects, dataDomain, target } = intended;
  return {
    agent,
    givers,
    rootRoles,
    risks: findRisks(context, intended),
    task,
    operation: message.operation,
    upstream: target.name,
    kind: actionKindOf(target),
    tool,
    target: message.target,
    arguments: message.arguments,
    effects,
    dataDomain,
    environment: target.environment,
    binding: intended.token.binding.kind,
    tokenIssuedAt: intended.token.issuedAt,
    now: context.platform.now(),
    ...readPredicted(intended),
  };
}

/** What its record says of it, and nothing of what is only looked for. */
function readPredicted({ intent }: Partial<Pick<Intended, 'intent'>>): Pick<DecisionRequest, 'predicted'> {
  const predicted = intent?.body.predicted;
  return typeof predicted === 'boolean' ? { predicted } : {};
}

/** Now, and not when it was authenticated: what was raised in between counts. */
export function findRisks(
  { risk }: Pick<Context, 'risk'>,
  { agent, givers, task }: Pick<DecisionRequest, 'agent' | 'givers' | 'task'>,
): RaisedRisks | undefined {
  return risk.findRaised([task.rootPersonId, agent.ownerId, ...givers.map(({ ownerId }) => ownerId)]);
}

/** Limits name tools; an operation without one appears to them as `@<operation>`, so `files/*` covers it and `files/read_file` does not. */
export function ruleByLimits(
  limits: Limits,
  request: DecisionRequest,
  spend: Intended['spend'],
): Ruling | null {
  const reaches = limits.upstreams === '*' || limits.upstreams.includes(request.upstream);
  const discovers = request.operation === 'discover' || request.operation === 'notify';
  if (discovers && reaches) return null;
  const call: LimitedCall = {
    upstream: request.upstream,
    tool: request.tool === null ? `@${request.operation}` : request.tool.name,
    arguments: request.arguments,
    dataDomain: request.dataDomain,
    effects: request.effects,
    environment: request.environment,
    at: request.now,
    ...(spend === null ? {} : { spend }),
  };
  const permission = permits(limits, call);
  if (permission.permitted) return null;
  return {
    ...{ effect: 'deny', by: 'limits', reasons: permission.reasons, requirement: null },
    ...{ policyIds: [], permits: [], observed: [], notices: [] },
    obligations: NO_OBLIGATIONS,
  };
}

function findApproval(context: Context, intended: Intended, ruling: Ruling): Approval | null {
  const isGiven = intended.token.callDigest !== null;
  if (ruling.effect === 'deny' || (ruling.requirement === null && !isGiven)) return null;
  const approval = context.approvals.findForCall(intended.callDigest);
  if (approval?.state !== 'approved') return null;
  const only = intended.asked?.approvalId;
  if (only !== undefined && only !== approval.id) return null;
  // What was signed names the key: the same call with another key is another action.
  if (approval.key !== intended.token.key) return null;
  // A call that a person let happen once needs what that person was asked for, even where policy asks nobody now.
  const required = ruling.requirement ?? approval.requirement;
  return satisfiesNow(approval, required, context.platform.now()).satisfied ? approval : null;
}
