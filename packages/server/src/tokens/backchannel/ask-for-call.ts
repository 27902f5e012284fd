import { AppError } from '@countersign/api';
import { isActionPattern, type Requirement } from '@countersign/core';
import { planCall } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { lookIntoCall } from '../../policies/index.ts';
import { type LeasedTask, openTask, requireStanding } from '../../tasks/index.ts';
import type { Asked, Wish } from './ask.ts';
import { type Asking, describeAsked, makeAsk } from './keep-ask.ts';

type Call = Wish & { readonly kind: 'once' };

/** What is left for the call itself after a person decided at the last moment. */
const spareSeconds = 60;

/**
 * Asks for one exact call under a delegation that the agent has. A task is opened for it with room for nothing else.
 * What policy denies is refused at once; what it asks people for is asked of those people; what it allows is asked of
 * the person the agent named. Throws `action.denied`, `action.not_in_limits`, and what a call like it would.
 */
export async function askForCall(context: Context, asking: Asking, wish: Call): Promise<Asked> {
  const { upstreams } = asking.ask;
  if (upstreams !== null && (upstreams.length !== 1 || upstreams[0] !== wish.upstream))
    throw new AppError('token.target_invalid');
  const task = await openCallTask(context, asking, wish);
  try {
    return await requestCall(context, asking, wish, task);
  } catch (thrown) {
    // Nobody will ever use it.
    await context.store.transaction((tx) =>
      context.tasks.close(tx, {
        under: { task: task.id },
        reason: 'cancelled',
        by: 'system:backchannel',
        causes: [],
      }),
    );
    throw thrown;
  }
}

async function openCallTask(context: Context, asking: Asking, wish: Call): Promise<LeasedTask> {
  const action = `${wish.upstream}/${wish.tool}`;
  if (!isActionPattern(action) || action.includes('*')) {
    throw new AppError('token.details_invalid', { detail: 'tool' });
  }
  const actor = { kind: 'agent', agent: asking.agent.id, key: asking.key } as const;
  const opened = await openTask(context, actor, {
    ...(wish.delegationId === null ? {} : { delegationId: wish.delegationId }),
    purpose: `One call of ${action}`,
    ttlSeconds: asking.ask.seconds + spareSeconds,
    limits: { upstreams: [wish.upstream], actions: [action], calls: 1, depth: 0 },
  });
  return context.tasks.look(opened.id);
}

async function requestCall(context: Context, asking: Asking, wish: Call, task: LeasedTask): Promise<Asked> {
  const { givers, rootRoles } = await requireStanding(context, task);
  const plan = await planCall(context, { ...wish, agent: asking.agent, givers, rootRoles, task });
  const { ruling, request, callDigest } = plan;
  if (ruling.effect === 'deny') {
    throw new AppError(ruling.by === 'limits' ? 'action.not_in_limits' : 'action.denied');
  }
  const requirement: Requirement = ruling.requirement ?? {
    approvers: [`person:${asking.personId}`],
    excluded: [],
    quorum: 1,
    method: 'passkey',
    withinSeconds: asking.ask.seconds,
    notify: [],
  };
  const actionId = context.platform.newId('act');
  const { upstream, tool } = wish;
  const kept = makeAsk(context, asking, {
    upstreams: [upstream],
    details: { upstream, tool },
    callDigest,
    taskId: task.id,
    actionId,
    causes: task.openedRecord === null ? [] : [task.openedRecord],
    body: {
      wish: 'once',
      upstream,
      tool,
      arguments: wish.arguments,
      callDigest,
      effect: ruling.effect,
      policies: ruling.policyIds,
    },
  });
  const approval = await context.approvals.request({
    actionId,
    callDigest,
    key: asking.key,
    ...lookIntoCall(request),
    requirement,
    policyVersion: plan.policyVersion,
    policyIds: ruling.policyIds,
    arguments: wish.arguments,
    causes: [kept.recordId],
    asked: {
      personId: asking.personId,
      message: asking.ask.message,
      expiresAt: asking.expiresAt,
      save: kept.save,
    },
  });
  return describeAsked(context, { secret: kept.secret, approval, expiresAt: asking.expiresAt });
}
