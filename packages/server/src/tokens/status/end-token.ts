import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { firstRecord } from '../../plugins/database/first-record.ts';
import { describeCut } from '../../signals/index.ts';

/** A token that is to end before it expires, and who wants it. Times are epoch milliseconds. */
export interface TokenEnding {
  readonly jti: string;
  readonly agentId: string;
  readonly taskId: string | null;
  readonly chain: readonly string[];
  readonly expiresAt: number;
  /** As `nameActor` says it, or `client:<id>` for the client it was issued to. */
  readonly by: string;
  readonly reason?: string;
}

/**
 * Refuses the token from now on and cuts its calls in flight; then writes it down, so that a restart changes nothing. In
 * force before it is written: when the write fails the caller gets the error, and it stays ended until the process ends.
 * Returns the action ids it cut.
 */
export async function endToken(
  context: Pick<Context, 'platform' | 'store' | 'tokens'>,
  ending: TokenEnding,
): Promise<readonly string[]> {
  const { jti, agentId, taskId, chain, expiresAt, by, reason } = ending;
  const cut = context.tokens.revoked.add(jti, expiresAt);
  await context.store.transaction(async (tx) => {
    const now = context.platform.now();
    const row = { jti, agent_id: agentId, expires_at: expiresAt, revoked_at: now, by };
    const written = await tx.sql
      .insertInto('token_revocations')
      .values(row)
      .onConflict((conflict) => conflict.column('jti').doNothing())
      .returning('jti')
      .execute();
    // Revoked before: RFC 7009 §2.2 calls that a success, and there is nothing new to tell.
    if (written.length === 0) return;
    const causes = taskId === null ? [] : await findOpening(tx, taskId);
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'token.revoked',
      at: now,
      causes,
      agent: agentId,
      ...(taskId === null ? {} : { task: taskId }),
      chain,
      body: {
        token: jti,
        by,
        expiresAt,
        ...(reason === undefined ? {} : { reason }),
        ...describeCut(cut),
      },
    });
  });
  return cut;
}

/** What the token was issued for. */
async function findOpening(tx: Transaction, taskId: string): Promise<readonly string[]> {
  const row = await tx.sql
    .selectFrom('tasks')
    .select(firstRecord('tasks.id', 'task.opened').as('opened'))
    .where('tasks.id', '=', taskId)
    .executeTakeFirst();
  return row?.opened == null ? [] : [row.opened];
}
