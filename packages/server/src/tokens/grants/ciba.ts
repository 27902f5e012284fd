import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Context } from '../../context.ts';
import { openTask } from '../../tasks/index.ts';
import { requireAgent } from '../authenticate-client.ts';
import { giveAuthority } from '../backchannel/give-authority.ts';
import { type AskRow, takeAnswer } from '../backchannel/take-answer.ts';
import { readUpstreams } from '../read-target.ts';
import { upstreamResource } from '../resource-urls.ts';
import { nameBinding } from '../token-binding.ts';
import type { AuthorizationDetails } from '../token-claims.ts';
import type { Grant, GrantRequest, TokenGrant } from '../token-grant.ts';

/** OpenID CIBA Core 1.0 §10.1: an agent fetches what a person gave when it asked them. */
export const cibaGrant: Grant = {
  type: 'urn:openid:params:grant-type:ciba',
  clients: 'agents',
  async grant(context, request) {
    const { client, binding, parameters } = request;
    const agent = requireAgent(client);
    const key = nameBinding(binding);
    const poll = { authReqId: parameters.require('auth_req_id'), agentId: agent.id, key };
    const { ask, approval, value } = await takeAnswer(context, poll, async (tx, row, given) => {
      requireResources(context, row, request);
      return row.kind === 'authority' ? giveAuthority(context, tx, given) : null;
    });
    if (value === null) return grantCall(context, ask, approval);
    const { id } = await openTask(
      context,
      { kind: 'agent', agent: agent.id, key },
      { delegationId: value.id, purpose: value.purpose },
    );
    return describeGrant(context, ask, id, { type: 'agent_delegation', delegation: value.id });
  },
};

/** The token of one call: of the task that was opened for it, and worth nothing once its approval is over. */
async function grantCall(
  context: Context,
  ask: AskRow,
  approval: { readonly expiresAt: number; readonly recordIds: readonly string[] },
): Promise<TokenGrant> {
  const { task_id: taskId, call_digest: call } = ask;
  if (taskId === null || call === null) throw new AppError('token.grant_invalid');
  const { upstream = '', tool = '' }: { upstream?: string; tool?: string } = JSON.parse(ask.details);
  const grant = await describeGrant(context, ask, taskId, { type: 'mcp_tool_call', upstream, tool, call });
  return {
    ...grant,
    call,
    notAfter: Math.min(grant.notAfter, approval.expiresAt),
    causes: [...grant.causes, ...approval.recordIds.slice(-1)],
  };
}

async function describeGrant(
  context: Context,
  ask: AskRow,
  taskId: string,
  given: AuthorizationDetails,
): Promise<TokenGrant> {
  if (!isId('tsk', taskId)) throw new AppError('token.grant_invalid');
  const task = await context.tasks.look(taskId);
  if (task.endedAt !== null || task.expiresAt <= context.platform.now()) throw new AppError('task.not_open');
  const upstreams: readonly string[] = JSON.parse(ask.upstreams);
  return {
    agentId: task.agentId,
    subject: task.agentId,
    task: task.id,
    authorizationDetails: [{ type: 'agent_task', task: task.id }, given],
    chain: task.chainIds,
    audience: upstreams.map((name) => upstreamResource(context.tokens.issuer, name)),
    notAfter: Math.min(task.expiresAt, task.limits.expiresAt),
    body: { asked: ask.asked_record, polls: ask.polls + 1, earlyPolls: ask.early_polls },
    causes: task.openedRecord === null ? [] : [task.openedRecord],
  };
}

/** RFC 8707 §2.2: the token request may name what was asked for again, and nothing else. */
function requireResources(context: Context, ask: AskRow, { parameters }: GrantRequest): void {
  const named = parameters.all('resource');
  if (named.length === 0) return;
  const upstreams: readonly string[] = JSON.parse(ask.upstreams);
  if (readUpstreams(named, context.tokens.issuer).some((name) => !upstreams.includes(name)))
    throw new AppError('token.target_invalid');
}
