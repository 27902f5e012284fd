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
  readonly used: {
    readonly calls: number;
    readonly spendMinor: number;
    readonly rows: number;
    readonly bytes: number;
  };
}

/** An agent sees the chains that it is a member of. Throws `delegation.not_found`. */
export async function getDelegation(
  context: Context,
  actor: Actor,
  delegationId: string,
): Promise<DelegationDetail> {
  if (actor.kind !== 'agent') requirePermission(actor, 'delegations.read');
  const rows = await loadChain(context.store.sql, idSchema('dlg').parse(delegationId));
  const isMember = actor.kind !== 'agent' || rows.some((row) => row.agent_id === actor.agent);
  const last = rows.at(-1);
  if (last === undefined || !isMember) throw new AppError('delegation.not_found');
  const now = context.platform.now();
  const chain = rows.map((row) => showDelegation(row, now));
  const used = {
    calls: last.used_calls,
    spendMinor: last.used_spend_minor,
    rows: last.used_rows,
    bytes: last.used_bytes,
  };
  return { ...showDelegation(last, now), chain, used };
}
