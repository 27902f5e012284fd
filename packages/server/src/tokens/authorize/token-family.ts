import { AppError, type LedgerRecord } from '@countersign/api';
import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';

/** All tokens that one authorization code led to: they stand on one delegation, and end together. */
export type TokenFamily = Selectable<Schema['token_families']>;

export type FamilyEnding = 'code_replayed' | 'refresh_replayed' | 'revoked' | 'client_removed';

type Ending = Pick<Context, 'platform' | 'store' | 'stops' | 'tasks'>;

/** The tasks that its access tokens are for, the newest last. */
export function listFamilyTasks(family: Pick<TokenFamily, 'task_ids'>): readonly string[] {
  return JSON.parse(family.task_ids) as readonly string[];
}

/**
 * Ends the family: its refresh tokens are worth nothing from now on, nor are its access tokens, whose tasks end; calls in
 * flight are cut. The delegation stays. False when it had ended before.
 */
export async function endFamily(
  context: Ending,
  familyId: string,
  ending: { readonly reason: FamilyEnding; readonly by: string },
): Promise<boolean> {
  const before = await findFamily(context.store, familyId);
  if (before === undefined || before.ended_at !== null) return false;
  const holds = listFamilyTasks(before).map((task) =>
    context.stops.hold('task', task, new AppError('task.not_open')),
  );
  try {
    return await context.store.transaction(async (tx) => {
      const family = await findFamily(tx, familyId);
      if (family === undefined || family.ended_at !== null) return false;
      await tx.sql
        .updateTable('token_families')
        .set({ ended_at: context.platform.now(), end_reason: ending.reason })
        .where('id', '=', familyId)
        .execute();
      const record = context.platform.newId('rec');
      tx.record({
        ...describeFamily(context, family),
        id: record,
        kind: 'token.family_ended',
        body: bodyOf(family, ending),
      });
      for (const task of listFamilyTasks(family)) {
        await context.tasks.close(tx, {
          ...{ under: { task }, reason: 'stopped', by: ending.by, causes: [record] },
        });
      }
      return true;
    });
  } finally {
    for (const hold of holds) hold.release();
  }
}

export function findFamily({ sql }: Pick<Transaction, 'sql'>, id: string): Promise<TokenFamily | undefined> {
  return sql.selectFrom('token_families').selectAll().where('id', '=', id).executeTakeFirst();
}

/** What every record of the family names. */
export function describeFamily(
  context: Pick<Context, 'platform'>,
  family: TokenFamily,
): Omit<LedgerRecord, 'id' | 'kind' | 'body'> {
  return {
    at: context.platform.now(),
    causes: [],
    agent: family.agent_id,
    person: family.person_id,
    chain: [family.delegation_id],
  };
}

function bodyOf(family: TokenFamily, ending: { readonly reason: FamilyEnding; readonly by: string }) {
  return { by: ending.by, family: family.id, client: family.client_id, reason: ending.reason };
}
