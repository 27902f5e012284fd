import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { revokeDelegationsTo } from '../../delegations/index.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';

export const removeClientInput = z.strictObject({
  /** Of a registered client, or the document's URL of one that is known by it. */
  clientId: z.string().min(1).max(256),
});

export interface RemovedClient {
  readonly clientId: string;
  /** Delegations that ended with it. */
  readonly ended: readonly string[];
  readonly endedTasks: readonly string[];
}

type Removing = Pick<Context, 'platform' | 'store' | 'stops' | 'tasks'>;

/**
 * Forgets a client and ends everything that people let it do: delegations, tasks, tokens, and calls in flight. One that
 * is known by its document can ask again. Throws `token.client_not_found`.
 */
export async function removeClient(context: Removing, actor: Actor, input: unknown): Promise<RemovedClient> {
  requirePermission(actor, 'tokens.change_clients');
  const { clientId } = removeClientInput.parse(input);
  return endClient(context, clientId, nameActor(actor));
}

/** The same, by whoever may: an administrator, the client itself (RFC 7592 §2.3), or time. */
export async function endClient(context: Removing, clientId: string, by: string): Promise<RemovedClient> {
  const consents = await selectConsents(context.store, clientId);
  // Calls are kept out before the end is written; a consent given meanwhile is ended below as well.
  const holds = consents.map(({ delegation_id: id }) =>
    context.stops.hold('delegation', id, new AppError('delegation.not_active')),
  );
  try {
    return await context.store.transaction(async (tx) => {
      const { numDeletedRows } = await tx.sql
        .deleteFrom('clients')
        .where('id', '=', clientId)
        .executeTakeFirstOrThrow();
      const current = await selectConsents(tx, clientId);
      if (numDeletedRows === 0n && current.length === 0) throw new AppError('token.client_not_found');
      const record = recordRemoval(context, tx, clientId, by);
      const ended: string[] = [];
      const endedTasks: string[] = [];
      for (const { agent_id: agentId, person_id: fromPersonId } of current) {
        const given = { agentId, fromPersonId, by, causes: [record] };
        const revoked = await revokeDelegationsTo(context, tx, given);
        ended.push(...revoked.delegations);
        endedTasks.push(...revoked.tasks);
      }
      for (const table of ['client_consents', 'authorization_codes', 'pushed_requests'] as const) {
        await tx.sql.deleteFrom(table).where('client_id', '=', clientId).execute();
      }
      await tx.sql
        .updateTable('token_families')
        .set({ ended_at: context.platform.now(), end_reason: 'client_removed' })
        .where('client_id', '=', clientId)
        .where('ended_at', 'is', null)
        .execute();
      return { clientId, ended, endedTasks };
    });
  } finally {
    for (const hold of holds) hold.release();
  }
}

function selectConsents({ sql }: Pick<Transaction, 'sql'>, clientId: string) {
  return sql
    .selectFrom('client_consents')
    .select(['agent_id', 'person_id', 'delegation_id'])
    .where('client_id', '=', clientId)
    .execute();
}

function recordRemoval(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  clientId: string,
  by: string,
): string {
  const id = context.platform.newId('rec');
  const at = context.platform.now();
  tx.record({ id, kind: 'token.client_removed', at, causes: [], body: { by, client: clientId } });
  return id;
}
