import { AppError, toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type LeasedTask, openTask } from '../../tasks/index.ts';
import { findClient } from '../clients/find-client.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';
import type { TokenGrant } from '../token-grant.ts';
import type { Rotation } from './refresh-token.ts';
import { findFamily, listFamilyTasks, type TokenFamily } from './token-family.ts';

const taskSeconds = 3600;
/** With less left a token would end before its client has used it: the next task is opened instead. */
const leastMilliseconds = 10 * 60_000;

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
    const task = await context.tasks.look(newest);
    const left = task.expiresAt - context.platform.now();
    if (task.endedAt === null && left >= leastMilliseconds) return task;
  }
  const opened = await openNext(context, family, binding);
  const kept = await keepTask(context, family.id, { opened: opened.id, newest });
  return kept === opened.id ? opened : context.tasks.look(kept);
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
    return await context.tasks.look(id);
  } catch (thrown) {
    const { code } = toAppError(thrown);
    if (code === 'delegation.not_active' || code === 'delegation.not_found') {
      throw new AppError('token.grant_invalid', { cause: thrown });
    }
    throw thrown;
  }
}

/**
 * The family must still be there: one that ended while the task was opened takes the task with it. Of two requests that
 * opened one at the same time both go on in the first.
 */
async function keepTask(
  context: Context,
  familyId: string,
  task: { readonly opened: string; readonly newest: string | undefined },
): Promise<string> {
  const kept = await context.store.transaction(async (tx) => {
    const family = await findFamily(tx, familyId);
    const isOver = family === undefined || family.ended_at !== null;
    const current = isOver ? undefined : listFamilyTasks(family).at(-1);
    if (isOver || current !== task.newest) {
      const closing = { reason: 'cancelled', by: 'system:tokens', causes: [] } as const;
      await context.tasks.close(tx, { under: { task: task.opened }, ...closing });
      return current;
    }
    const open = await listOpen(tx, listFamilyTasks(family));
    await tx.sql
      .updateTable('token_families')
      .set({ task_ids: JSON.stringify([...open, task.opened]) })
      .where('id', '=', familyId)
      .execute();
    return task.opened;
  });
  if (kept === undefined) throw new AppError('token.grant_invalid');
  return kept;
}

/** Those that an end of the family still has to end. */
async function listOpen(tx: Transaction, taskIds: readonly string[]): Promise<readonly string[]> {
  if (taskIds.length === 0) return [];
  const rows = await tx.sql
    .selectFrom('tasks')
    .select('id')
    .where('id', 'in', taskIds)
    .where('ended_at', 'is', null)
    .execute();
  const open = new Set(rows.map(({ id }) => id));
  return taskIds.filter((id) => open.has(id));
}
