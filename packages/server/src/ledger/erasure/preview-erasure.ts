import { createHash } from 'node:crypto';
import { retentionClassOf } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { findHolds } from '../holds/find-holds.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { planErasure } from './plan-erasure.ts';
import { erasableId, selectErasable } from './select-erasable.ts';

export const previewErasureInput = z.strictObject({ id: erasableId });

export interface ErasurePreview {
  readonly id: string;
  /** Of exactly these records: the erasure is asked for with it. */
  readonly digest: string;
  readonly records: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  /** Holds that keep some of them, or what else would go with them; then nothing is erased. */
  readonly holds: readonly string[];
}

/** What would be erased. Throws `ledger.record_not_found`, `ledger.selection_too_large`. */
export async function previewErasure(
  context: Pick<Context, 'store'>,
  actor: Actor,
  input: z.input<typeof previewErasureInput>,
): Promise<ErasurePreview> {
  requirePermission(actor, 'ledger.erase');
  const { id } = previewErasureInput.parse(input);
  const records = await selectErasable(context, id);
  const { sql } = context.store;
  const work = await planErasure(sql, records, nameOwner(id));
  return describeErasure(id, records, await findHolds(sql, records, work));
}

export function describeErasure(
  id: string,
  records: readonly StoredRecord[],
  holds: readonly string[],
): ErasurePreview {
  const hash = createHash('sha256').update(`countersign-erasure-v1\n${id}\n`);
  for (const record of records) hash.update(`${record.seq} ${record.id}\n`);
  return {
    id,
    digest: hash.digest('base64url'),
    records: records.length,
    classes: countBy(records, ({ kind }) => retentionClassOf(kind)),
    kinds: countBy(records, ({ kind }) => kind),
    holds,
  };
}

/** A task or person whose own row goes too. */
export function nameOwner(id: string): { readonly task?: string; readonly person?: string } {
  if (id.startsWith('tsk_')) return { task: id };
  return id.startsWith('per_') ? { person: id } : {};
}

function countBy<Name extends string>(
  records: readonly StoredRecord[],
  read: (record: StoredRecord) => Name,
): Record<Name, number> {
  const counts = new Map<Name, number>();
  for (const record of records) counts.set(read(record), (counts.get(read(record)) ?? 0) + 1);
  return Object.fromEntries(counts) as Record<Name, number>;
}
