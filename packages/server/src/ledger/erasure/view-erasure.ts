import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, requirePermission } from '../../people/index.ts';
import { findHolds } from '../holds/find-holds.ts';
import { type ErasureRow, type ErasureState, loadErasure, readState } from './erasure-request.ts';
import { planErasure } from './plan-erasure.ts';
import { describeErasure, nameOwner } from './preview-erasure.ts';
import { selectErasable } from './select-erasable.ts';

export interface ViewedErasure {
  readonly row: ErasureRow;
  readonly state: ErasureState;
  /** Why nobody can sign it as things stand; undefined while somebody can. */
  readonly obstacle: string | undefined;
  /** Whether it is the visitor's turn. */
  readonly maySign: boolean;
}

/** An erasure that was asked for, as its page shows it. Throws `ledger.erasure_not_found`. */
export async function viewErasure(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  id: string,
): Promise<ViewedErasure> {
  requirePermission(actor, 'ledger.read');
  const row = await loadErasure(context.store.sql, id);
  const state = readState(row, context.platform.now());
  const isOpen = state === 'asked' || state === 'signed';
  const obstacle = isOpen ? await findObstacle(context, row) : undefined;
  const isTurn = actor.kind === 'person' && (state === 'asked') === (actor.person === row.asked_by);
  const maySign = isOpen && isTurn && hasPermission(actor, 'ledger.sign_erasure');
  return { row, state, obstacle, maySign };
}

async function findObstacle(context: Pick<Context, 'store'>, row: ErasureRow): Promise<string | undefined> {
  const { sql } = context.store;
  try {
    const records = await selectErasable(context, row.selection);
    const work = await planErasure(sql, records, nameOwner(row.selection));
    const holds = await findHolds(sql, records, work);
    if (holds.length > 0) return `held by ${holds.join(', ')}`;
    const { digest } = describeErasure(row.selection, records, holds);
    return digest === row.plan_digest ? undefined : 'records came or went since it was asked for';
  } catch (thrown) {
    if (thrown instanceof AppError) return 'its records are not there any more';
    throw thrown;
  }
}
