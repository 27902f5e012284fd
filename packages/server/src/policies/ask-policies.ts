import { AppError } from '@countersign/api';
import {
  type AgentId,
  type DelegationId,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Limits,
  type PersonId,
  type Verdict,
} from '@countersign/core';
import { z } from 'zod';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { type LeasedTask, ModelTrail, requireStanding, TaskHistory } from '../tasks/index.ts';
import { actionKindOf, type PinnedTool } from '../upstreams/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { readSpend } from './decide/build-context.ts';
import { addToday } from './limits/index.ts';
import type { ToolSource } from './list-pinned-tools.ts';
import { OPERATIONS } from './operations.ts';
import type { DecisionRequest } from './policy-state.ts';

export const questionInput = z.strictObject({
  agentId: idSchema('agt'),
  taskId: idSchema('tsk').optional().describe('Without one, a task that was opened just now by the owner.'),
  upstream: z.string().max(63),
  operation: z.enum(OPERATIONS).default('call'),
  binding: z.enum(['dpop', 'mtls', 'hook', 'none']).default('dpop').describe('How possession is proven.'),
  /** Tool, resource, prompt or model, or a peer agent's id. */
  target: z.string().max(4096).default(''),
  arguments: z
    .custom<JsonObject>((value) => isJsonObject(value as JsonValue))
    .default({})
    .meta({ type: 'object' }),
});

export const questionAnswer = z.object({
  effect: z.enum(['allow', 'step_up', 'deny']),
  version: z.string(),
  reasons: z.array(z.object({ code: z.string(), policyIds: z.array(z.string()) })),
  policies: z.array(
    z.object({ id: z.string(), effect: z.enum(['permit', 'forbid']), description: z.string().nullable() }),
  ),
  observed: z
    .array(
      z.object({
        policyId: z.string(),
        mode: z.enum(['warn', 'shadow']),
        would: z.enum(['allow', 'step_up', 'deny']),
      }),
    )
    .describe('Policies that are not enforced, and what the answer would be if one of them were'),
  requirement: z
    .object({
      approvers: z.array(z.string()),
      excluded: z.array(z.string()),
      quorum: z.number(),
      method: z.literal('passkey'),
      withinSeconds: z.number(),
      notify: z.array(z.string()),
    })
    .nullable(),
  argumentsFlaw: z.string().nullable().describe('Why the path would refuse the arguments before any policy.'),
});

export type PolicyAnswer = z.infer<typeof questionAnswer>;

/** What the policies in force say of a request, without anything being done or recorded. Limits are decided apart. */
export async function askPolicies(
  context: Pick<Context, 'agents' | 'counters' | 'tasks' | 'policies' | 'platform' | 'risk'> & {
    readonly upstreams: ToolSource;
  },
  actor: Actor,
  input: z.input<typeof questionInput>,
): Promise<PolicyAnswer> {
  requirePermission(actor, 'policies.read');
  const given = questionInput.parse(input);
  const agent = await context.agents.get(given.agentId);
  const now = context.platform.now();
  const task = given.taskId === undefined ? imagineTask(agent, now) : await context.tasks.look(given.taskId);
  if (task.agentId !== agent.id) throw new AppError('task.not_found');
  const upstream = context.upstreams.find(given.upstream);
  if (upstream === undefined) throw new AppError('upstream.not_found');
  const tool = given.operation === 'call' ? upstream.tool(given.target) : null;
  if (tool === undefined) throw new AppError('upstream.tool_not_found');
  const { givers, rootRoles } = await requireStanding(context, task);
  const request: DecisionRequest = {
    agent,
    givers,
    rootRoles,
    risks: context.risk.findRaised([task.rootPersonId, agent.ownerId, ...givers.map((one) => one.ownerId)]),
    task,
    operation: given.operation,
    upstream: upstream.name,
    kind: actionKindOf(upstream),
    tool,
    target: given.target,
    arguments: given.arguments,
    effects: tool?.effects ?? ['read'],
    dataDomain: tool?.dataDomain ?? upstream.name,
    environment: upstream.environment,
    binding: given.binding,
    tokenIssuedAt: null,
    now,
  };
  const { verdict, policyVersion } = context.policies.decide(
    await addToday(context, request, readSpend(request) ?? null),
  );
  return {
    ...describeVerdict(context, verdict),
    version: policyVersion,
    argumentsFlaw: findFlaw(tool, given),
  };
}

function describeVerdict(
  context: Pick<Context, 'policies'>,
  verdict: Verdict,
): Omit<PolicyAnswer, 'version' | 'argumentsFlaw'> {
  const requirement = verdict.effect === 'step_up' ? verdict.requirement : null;
  const policies = (context.policies.live?.policies ?? []).filter((one) =>
    verdict.policyIds.includes(one.id),
  );
  return {
    effect: verdict.effect,
    reasons: verdict.reasons.map(({ code, policyIds }) => ({ code, policyIds: [...policyIds] })),
    policies: policies.map(({ id, effect, description }) => ({
      id,
      effect,
      description: description ?? null,
    })),
    observed: verdict.observed.map((one) => ({ ...one })),
    requirement: requirement && {
      ...requirement,
      approvers: [...requirement.approvers],
      excluded: [...requirement.excluded],
      notify: [...requirement.notify],
    },
  };
}

function findFlaw(tool: PinnedTool | null, given: { readonly arguments: JsonObject }): string | null {
  const fit = tool?.validateArguments(given.arguments) ?? { valid: true };
  return fit.valid ? null : fit.detail;
}

const imaginedDelegation = 'dlg_00000000000000000000000000' as DelegationId;

/** A task that exists for this question alone: its owner's, with nothing used. */
function imagineTask(agent: AgentFacts, now: number): LeasedTask {
  const limits: Limits = {
    upstreams: '*',
    actions: ['*'],
    arguments: [],
    dataDomains: '*',
    effects: ['read', 'write', 'spend', 'admin', 'egress'],
    environments: [],
    expiresAt: now + 900_000,
    calls: null,
    spendMinor: null,
    currency: null,
    depth: 0,
  };
  const link = { id: imaginedDelegation, from: agent.ownerId as PersonId, to: agent.id as AgentId, limits };
  return {
    id: 'tsk_00000000000000000000000000',
    agentId: agent.id,
    delegationId: imaginedDelegation,
    chain: [{ ...link, revoked: false, purpose: agent.purpose, createdAt: now }],
    chainIds: [imaginedDelegation],
    parentIds: [],
    limits,
    ownerId: agent.ownerId,
    rootPersonId: agent.ownerId,
    purpose: agent.purpose,
    prompt: null,
    openedAt: now,
    openedRecord: '',
    models: new ModelTrail(),
    expiresAt: now + 900_000,
    endedAt: null,
    usage: { calls: 0, spendMinor: 0, rows: 0, bytes: 0 },
    history: new TaskHistory('tsk_00000000000000000000000000'),
    reserve: () => [],
    remaining: () => Number.POSITIVE_INFINITY,
    giveBack: () => [],
  };
}
