import { AppError, toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type LeasedTask, openTask } from '../../tasks/index.ts';
import { findClient } from '../clients/find-client.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import type { TokenGrant } from '../token-grant.ts';
import type { Rotation } from './refresh-token.ts';
import { findFamily, listFamilyTasks, type TokenFamily } from './token-family.ts';

const taskSeconds = 3600;
/** With less left a token would end before its client has used it: the next task is opened instead. */
const leastMilliseconds = 10 * 60_000;
const mostTasksKept = 8;

/**
 * What an access token of the family is for: its newest task, or the next one. Throws `token.grant_invalid` when what
 * the person allowed is over, `agent.not_active`, `signal.stopped`.
 */
export async function grantFamily(
  context: Context,
  { family, resources, refreshToken }: Rotation,
  binding: TokenBinding,
): Promise<TokenGrant> {
  const task = await takeTask(context, family, binding);
  const isUnbound = binding.kind === 'none';
  return {
    agentId: family.agent_id,
    subject: family.person_id,
    task: task.id,
    authorizationDetails: [{ type: 'agent_task', task: task.id }],
    chain: task.chainIds,
    audience: resources,
    notAfter: Math.min(task.expiresAt, task.limits.expiresAt),
    ...(isUnbound ? { lifetimeSeconds: context.config.tokens.interactiveLifetimeSeconds } : {}),
    body: { family: family.id },
    response: { refresh_token: refreshToken },
    causes: task.openedRecord === null ? [] : [task.openedRecord],
  };
}

async function takeTask(context: Context, family: TokenFamily, binding: TokenBinding): Promise<LeasedTask> {
  const newest = listFamilyTasks(family).at(-1);
  if (newest !== undefined) {
    const task = await context.tasks.lease(newest);
    const left = task.expiresAt - context.platform.now();
    if (task.endedAt === null && left >= leastMilliseconds) return task;
  }
  const opened = await openNext(context, family, binding);
  await keepTask(context, family, opened.id);
  return opened;
}

async function openNext(context: Context, family: TokenFamily, binding: TokenBinding): Promise<LeasedTask> {
  const client = await findClient(context, family.client_id);
  try {
    const { id } = await openTask(
      context,
      { kind: 'agent', agent: family.agent_id, key: nameBinding(binding) },
      {
        delegationId: family.delegation_id,
        purpose: `Interactive session of ${client.name}`,
        ttlSeconds: taskSeconds,
      },
    );
    return await context.tasks.lease(id);
  } catch (thrown) {
    const { code } = toAppError(thrown);
    if (code === 'delegation.not_active' || code === 'delegation.not_found') {
      throw new AppError('token.grant_invalid', { cause: thrown });
    }
    throw thrown;
  }
}

/** The family must still be there: one that ended while the task was opened takes the task with it. */
async function keepTask(context: Context, family: TokenFamily, taskId: string): Promise<void> {
  const isKept = await context.store.transaction(async (tx) => {
    const current = await findFamily(tx, family.id);
    if (current === undefined || current.ended_at !== null) {
      const closing = { reason: 'stopped', by: 'system:tokens', causes: [] } as const;
      await context.tasks.close(tx, { under: { task: taskId }, ...closing });
      return false;
    }
    const tasks = [...listFamilyTasks(current), taskId].slice(-mostTasksKept);
    await tx.sql
      .updateTable('token_families')
      .set({ task_ids: JSON.stringify(tasks) })
      .where('id', '=', family.id)
      .execute();
    return true;
  });
  if (!isKept) throw new AppError('token.grant_invalid');
}
