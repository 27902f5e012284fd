import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { type ActionScopes, everything } from './stops.ts';

/**
 * That no stop reaches it, in a transaction that gives authority: another gateway may have written one of which this one has
 * not heard yet. Throws what `stops.check` does.
 */
export async function requireUnstopped(
  { stops, store }: Pick<Context, 'stops' | 'store'>,
  tx: Transaction,
  scopes: ActionScopes,
): Promise<void> {
  stops.check(scopes);
  if (!store.seat.isShared) return;
  const { agent, owner, task, chain, through } = scopes;
  const targets = {
    agent: [agent, ...(through?.agents ?? [])],
    owner: [owner, ...(through?.owners ?? [])],
    task: [task, ...(through?.tasks ?? [])],
    delegation: chain,
    everything: [everything],
  } as const;
  const stopped = await tx.sql
    .selectFrom('stops')
    .select('id')
    .where('lifted_at', 'is', null)
    .where((where) =>
      where.or(
        Object.entries(targets)
          .filter(([, names]) => names.length > 0)
          .map(([scope, names]) =>
            where.and([
              where('scope', '=', scope as keyof typeof targets),
              where('target', 'in', names as readonly string[]),
            ]),
          ),
      ),
    )
    .limit(1)
    .executeTakeFirst();
  if (stopped !== undefined) throw new AppError('signal.stopped');
}
