import { AppError, type LedgerRecord } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { findHolds } from '../holds/find-holds.ts';
import { listStaleCopies } from '../keys/key-copies.ts';
import { beginErasure } from './begin-erasure.ts';
import { finishErasures } from './finish-erasures.ts';
import { planErasure } from './plan-erasure.ts';
import { describeErasure, type ErasurePreview } from './preview-erasure.ts';
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
 * `ledger.still_in_use`.
 */
export async function eraseRecords(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  input: z.input<typeof eraseRecordsInput>,
): Promise<Erased> {
  requirePermission(actor, 'ledger.erase');
  const { id, digest, reason } = eraseRecordsInput.parse(input);
  const person = id.startsWith('per_') ? id : undefined;
  const task = id.startsWith('tsk_') ? id : undefined;
  const records = await selectErasable(context, id);
  const { holds, ...described } = describeErasure(id, records, await findHolds(context, records));
  if (described.digest !== digest) throw new AppError('ledger.selection_changed');
  if (holds.length > 0) throw new AppError('ledger.on_hold', { detail: `held by ${holds.join(', ')}` });
  await requireUnused(context, records, person);
  const work = await planErasure(context.store.sql, records, {
    ...(task === undefined ? {} : { task }),
    ...(person === undefined ? {} : { person }),
  });
  const { number, record } = await beginErasure(context, 'erasure', work, {
    kind: 'ledger.erased',
    ...nameSelection(id),
    body: { by: nameActor(actor), reason, selection: id, classes: described.classes, ranges: work.ranges },
  });
  await finishErasures(context);
  return { ...described, number, record, keyCopies: await listStaleCopies(context) };
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
