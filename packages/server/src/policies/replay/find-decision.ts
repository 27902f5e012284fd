import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { describeShown, findRecord, findRecords, recordRead, type StoredRecord } from '../../ledger/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { RecordedDecision } from './recorded-decision.ts';

/** A record of the path, or an action: its newest decision. */
export const decisionId = z.string().regex(/^(?:rec|act)_[0-9A-Za-z]{1,64}$/);

/** A decision, or what refused the action before or after one. */
export type FoundAction =
  | ({ readonly kind: 'decision' } & RecordedDecision)
  | { readonly kind: 'refusal'; readonly refusal: StoredRecord };

/** Throws `policy.decision_not_found`. Asks for the right to read the ledger. */
export async function findDecision(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  id: string,
): Promise<FoundAction> {
  requirePermission(actor, 'ledger.read');
  const { store } = context;
  const named = id.startsWith('rec_') ? await findRecord(store, id) : undefined;
  const action = id.startsWith('act_') ? id : named?.action;
  if (action === undefined) throw new AppError('policy.decision_not_found');
  const show = (records: readonly StoredRecord[]) =>
    recordRead(context, actor, { how: 'explain', selection: { action }, shown: describeShown(records) });
  const find = async (kind: 'action.decision' | 'action.refused') =>
    (await findRecords(context, { action, kind, limit: 1 })).items[0];
  const decision = named?.kind === 'action.decision' ? named : await find('action.decision');
  const intent = await findRecord(store, decision?.causes[0] ?? '');
  if (decision !== undefined && intent?.kind === 'action.intent') {
    await show([decision, intent]);
    return { kind: 'decision', decision, intent };
  }
  const refusal = await find('action.refused');
  if (refusal === undefined) throw new AppError('policy.decision_not_found');
  await show([refusal]);
  return { kind: 'refusal', refusal };
}
