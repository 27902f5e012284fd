import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { type DelegationView, showDelegation } from './delegation-view.ts';
import { loadChain } from './load-chain.ts';

export interface DelegationDetail extends DelegationView {
  /** From the person's delegation to this one, this one included. */
  readonly chain: readonly DelegationView[];
  /** Durably used by all tasks under it. */
  readonly used: { readonly calls: number; readonly spendMinor: number };
}

/** Throws `delegation.not_found`. */
export async function getDelegation(
  context: Context,
  actor: Actor,
  delegationId: string,
): Promise<DelegationDetail> {
  requirePermission(actor, 'delegations.read');
  const rows = await loadChain(context.store.sql, idSchema('dlg').parse(delegationId));
  const now = context.platform.now();
  const chain = rows.map((row) => showDelegation(row, now));
  const used = await context.store.sql
    .selectFrom('budgets')
    .select(['calls', 'spend_minor'])
    .where('holder', '=', delegationId)
    .executeTakeFirst();
  const own = chain.at(-1);
  if (own === undefined) throw new AppError('delegation.not_found');
  return { ...own, chain, used: { calls: used?.calls ?? 0, spendMinor: used?.spend_minor ?? 0 } };
}
