import { AppError } from '@countersign/api';
import { planCall } from '../actions/index.ts';
import type { AgentFacts } from '../agents/index.ts';
import type { Context } from '../context.ts';
import { requireStanding } from '../tasks/index.ts';
import { messageTool } from '../upstreams/index.ts';
import type { TokenTarget } from './read-target.ts';

/** Nobody here sees what a direct call says; each message of it may be asked about by the one that is called. */
const unseen = { parts: [{ text: '' }] };

/**
 * That limits and policy now let the agent call this peer, for this skill, without a person being asked: nobody could be asked
 * about messages that do not pass here. Returns what the record of the token says of it. Throws `action.denied`,
 * `action.not_in_limits`, and what a call through the gateway would.
 */
export async function ruleDirectCall(
  context: Context,
  agent: AgentFacts,
  { task: id, upstream, skill }: TokenTarget & { readonly kind: 'direct' },
): Promise<Readonly<Record<string, unknown>>> {
  const task = await context.tasks.lease(id);
  const { givers, rootRoles } = await requireStanding(context, task);
  const tool = skill === null ? messageTool : `${messageTool}.${skill}`;
  const { ruling, policyVersion } = await planCall(context, {
    ...{ agent, givers, rootRoles, task, upstream, tool },
    arguments: unseen,
  });
  if (ruling.effect === 'deny')
    throw new AppError(ruling.by === 'limits' ? 'action.not_in_limits' : 'action.denied');
  if (ruling.effect === 'step_up')
    throw new AppError('action.denied', { detail: 'a person has to be asked: call it through the gateway' });
  return { upstream, tool, policyVersion, permits: ruling.permits };
}
