import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { findRecord } from '../find-record.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { findRecords } from '../search-ledger.ts';
import { isKept, mostRecords } from './erasure-work.ts';

/** A record, or everything that was recorded of an action, a task or a person. */
export const erasableId = z.string().regex(/^(?:rec|act|tsk|per)_[0-9A-Za-z]{1,64}$/);

/**
 * The records that still have a payload; what the ledger tells of itself always stays. Throws
 * `ledger.record_not_found`, `ledger.selection_too_large`.
 */
export async function selectErasable(
  context: Pick<Context, 'store'>,
  id: string,
): Promise<readonly StoredRecord[]> {
  const found = id.startsWith('rec_') ? await findOne(context, id) : await findAll(context, id);
  const erasable = found.filter(({ kind, erased }) => !erased && !isKept(kind));
  if (erasable.length === 0) throw new AppError('ledger.record_not_found');
  return erasable.toSorted((one, other) => one.seq - other.seq);
}

async function findOne({ store }: Pick<Context, 'store'>, id: string): Promise<readonly StoredRecord[]> {
  const record = await findRecord(store, id);
  return record === undefined ? [] : [record];
}

async function findAll(context: Pick<Context, 'store'>, id: string): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await findRecords(context, { id, limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    if (found.length > mostRecords) throw new AppError('ledger.selection_too_large');
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}
