import { AppError } from '@countersign/api';
import {
  type Effect,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MOST_AMENDED_CALLS,
  mergeRequirements,
  type Requirement,
} from '@countersign/core';
import { z } from 'zod';
import type { AmendmentInput, Approval } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type LeasedTask, requireAuthorityOver, requireStanding } from '../../tasks/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLines } from '../../wire/plain-text.ts';
import { planPasses, toAmendedCall } from '../ask-for-plan.ts';
import { type PlannedCall, planCall } from '../plan-call.ts';

const intendedCall = z.strictObject({
  upstream: z.string().min(1).max(200),
  tool: z.string().min(1).max(200),
  arguments: z
    .custom<JsonObject>((value) => isJsonObject(value as JsonValue), 'not an object')
    .meta({ type: 'object' })
    .default({}),
});

export const amendPlanInput = z.strictObject({
  taskId: idSchema('tsk'),
  /** What is to be done, exactly. */
  calls: z.array(intendedCall).max(MOST_AMENDED_CALLS).default([]),
  /** The person's own words, in place of what the agent said they were. Not for agents. */
  prompt: plainLines(16_384).optional(),
  /** That the prompt the agent gave is the person's. Not for agents. */
  confirm: z.literal(true).optional(),
});

/**
 * `covered`: passes already. `asked`: part of what is asked now. `each`: policy asks about every such call, whatever the plan
 * says. `refused`: is refused, whatever people say.
 */
export type CallStanding = 'covered' | 'asked' | 'each' | 'refused';

export interface AskedPlan {
  readonly calls: readonly {
    readonly upstream: string;
    readonly tool: string;
    readonly standing: CallStanding;
  }[];
  readonly approval: Approval;
}

interface Judged {
  readonly plan: PlannedCall;
  readonly standing: CallStanding;
}

const personalSeconds = 600;

/**
 * Asks once for all that a task is to do beyond its plan. An agent announces calls, and the people whom policy names are
 * asked; whoever may end the task proposes, and the person for whom it is done signs. Nothing changes before. Throws
 * `task.plan_unchanged`, `task.plan_too_large`, and what a call like these would.
 */
export async function amendPlan(context: Context, actor: Actor, input: unknown): Promise<AskedPlan> {
  const { taskId, calls, prompt, confirm } = amendPlanInput.parse(input);
  const isAgent = actor.kind === 'agent';
  // Words that an agent gives later could be words that it has read.
  if (isAgent && (prompt !== undefined || confirm !== undefined)) throw new AppError('person.forbidden');
  if (!isAgent) requirePermission(actor, 'tasks.amend');
  await requireAuthorityOver(context, actor, taskId);
  const task = await context.tasks.lease(taskId);
  if (task.endedAt !== null || task.expiresAt <= context.platform.now()) throw new AppError('task.not_open');
  const agent = await context.agents.get(task.agentId);
  const { givers, rootRoles } = await requireStanding(context, task);
  const judged: Judged[] = [];
  for (const call of calls) {
    const plan = await planCall(context, { ...call, agent, givers, rootRoles, task });
    judged.push({ plan, standing: await judge(context, plan, isAgent) });
  }
  const asked = judged.filter(({ standing }) => standing === 'asked').map(({ plan }) => plan);
  const said = sayPrompt(task, prompt, confirm);
  if (asked.length === 0 && said.prompt === null) throw new AppError('task.plan_unchanged');
  const approval = await context.approvals.requestAmendment({
    ...{ agent, task, actionId: '', ...said },
    calls: asked.map(({ request, callDigest }) => toAmendedCall(request, callDigest)),
    ...(isAgent ? describeAgents(actor.key, asked) : describePersons(task)),
    policyVersion: context.policies.version,
    policyIds: [...new Set(asked.flatMap(({ ruling }) => ruling.policyIds))],
    about: describeAbout(context, asked),
    causes: task.openedRecord === null ? [] : [task.openedRecord],
  });
  return {
    calls: judged.map(({ standing }, at) => ({
      ...{ upstream: calls[at]?.upstream ?? '', tool: calls[at]?.tool ?? '', standing },
    })),
    approval,
  };
}

/** A person says what an agent is to do: what policy denies only because nobody did is theirs to say. */
async function judge(context: Context, plan: PlannedCall, isAgent: boolean): Promise<CallStanding> {
  const { ruling } = plan;
  if (ruling.effect === 'allow') return 'covered';
  if (ruling.by === 'limits' || (isAgent && ruling.effect === 'deny')) return 'refused';
  if (await planPasses(context, plan.request, plan.spend)) return 'asked';
  return ruling.effect === 'deny' ? 'refused' : 'each';
}

function sayPrompt(
  task: LeasedTask,
  prompt: string | undefined,
  confirm: true | undefined,
): Pick<AmendmentInput, 'prompt' | 'confirms'> {
  if (prompt !== undefined) {
    if (task.parentIds.length > 0) throw new AppError('task.prompt_fixed');
    return { prompt, confirms: null };
  }
  const given = task.history.plan.stored?.prompt ?? null;
  if (confirm === undefined || given === null) return { prompt: null, confirms: null };
  return { prompt: given, confirms: sha256(given) };
}

function describeAgents(
  key: string,
  asked: readonly PlannedCall[],
): Pick<AmendmentInput, 'key' | 'by' | 'personId' | 'requirement'> {
  const [first, ...others] = asked.flatMap(({ ruling }) => ruling.requirement ?? []);
  if (first === undefined) throw new AppError('policy.unavailable');
  const merged = mergeRequirements(first, ...others);
  // Those who may lift one of them may not lift another: they are to be announced apart.
  if (!merged.possible)
    throw new AppError('task.plan_unchanged', { detail: 'nobody may approve all of them' });
  return { key, by: 'agent', personId: null, requirement: merged.requirement };
}

function describePersons(task: LeasedTask): Pick<AmendmentInput, 'key' | 'by' | 'personId' | 'requirement'> {
  const requirement: Requirement = {
    approvers: [`person:${task.rootPersonId}`],
    excluded: [],
    ...{ quorum: 1, method: 'passkey', withinSeconds: personalSeconds, notify: [] },
  };
  return { key: '', by: 'person', personId: task.rootPersonId, requirement };
}

function describeAbout(context: Context, asked: readonly PlannedCall[]): AmendmentInput['about'] {
  const requests = asked.map(({ request }) => request);
  const effects = new Set<Effect>(requests.flatMap((request) => request.effects));
  const [first] = requests;
  return {
    effects: [...effects],
    environment: first?.environment ?? context.config.server.environment,
    dataDomain: first?.dataDomain ?? '',
  };
}
