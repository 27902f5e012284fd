import { AppError, type LedgerRecord } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { findEnd } from '../find-seq-at.ts';
import { requireUnheld } from '../holds/require-unheld.ts';
import { listStaleCopies } from '../keys/key-copies.ts';
import { beginErasure } from './begin-erasure.ts';
import { finishErasures } from './finish-erasures.ts';
import { planErasure } from './plan-erasure.ts';
import { describeErasure, type ErasurePreview, nameOwner } from './preview-erasure.ts';
import { requireDelivered } from './require-delivered.ts';
import { requireNoneSince } from './require-none-since.ts';
import { requireUnused } from './require-unused.ts';
import { erasableId, selectErasable } from './select-erasable.ts';

export const eraseRecordsInput = z.strictObject({
  id: erasableId,
  /** Of the preview: what was looked at is what is erased. */
  digest: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  reason: plainLine(500),
});

export interface Erased extends Omit<ErasurePreview, 'holds'> {
  /** Counts all erasures and retirements. */
  readonly number: number;
  /** The record that tells of it. */
  readonly record: string;
  /** Numbers of the copies of the keys that were made before, and can open what was erased until they are destroyed. */
  readonly keyCopies: readonly number[];
}

/**
 * Destroys the keys of the selected payloads and removes them, and every copy of what they said, from the database. When
 * it resolves they are gone; once it has begun, a crash only delays it. Every proof stays valid. Throws
 * `ledger.record_not_found`, `ledger.selection_changed`, `ledger.selection_too_large`, `ledger.on_hold`,
 * `ledger.still_in_use`, `ledger.undelivered`, `ledger.own_hold_ended`.
 */
export async function eraseRecords(
  context: Pick<Context, 'store' | 'platform'> & Partial<Pick<Context, 'sinks'>>,
  actor: Actor,
  input: z.input<typeof eraseRecordsInput>,
): Promise<Erased> {
  requirePermission(actor, 'ledger.erase');
  const { id, digest, reason } = eraseRecordsInput.parse(input);
  const end = await findEnd(context.store.sql);
  const records = await selectErasable(context, id);
  const { holds: _none, ...described } = describeErasure(id, records, []);
  if (described.digest !== digest) throw new AppError('ledger.selection_changed');
  const begun = await beginErasure(context, 'erasure', async (tx) => {
    await requireNoneSince({ ...context.store, sql: tx.sql }, id, end);
    const work = await planErasure(tx.sql, records, nameOwner(id));
    await requireUnheld(tx.sql, records, work, actor);
    await requireUnused(tx.sql, records, work, context.platform.now());
    await requireDelivered(tx.sql, records, context.sinks?.fed.keys() ?? []);
    const { classes } = described;
    const body = { by: nameActor(actor), reason, selection: id, classes, ranges: work.ranges };
    return { work, told: { kind: 'ledger.erased', ...nameSelection(id), body } };
  });
  if (begun === undefined) throw new AppError('ledger.selection_changed');
  await finishErasures(context);
  return { ...described, ...begun, keyCopies: await listStaleCopies(context) };
}

/** So that who looks for what is gone finds why. */
function nameSelection(id: string): Partial<LedgerRecord> & Pick<LedgerRecord, 'causes'> {
  const causes: readonly string[] = [];
  switch (id.slice(0, 3)) {
    case 'rec':
      return { causes: [id] };
    case 'act':
      return { causes, action: id };
    case 'tsk':
      return { causes, task: id };
    default:
      return { causes, person: id };
  }
}
