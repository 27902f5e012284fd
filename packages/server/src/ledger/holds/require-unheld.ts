import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { ErasureWork } from '../erasure/erasure-work.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { findHolds } from './find-holds.ts';

/**
 * Nothing on hold is reached, and whoever ended a hold signs no erasure of what it kept. Throws
 * `ledger.on_hold`, `ledger.own_hold_ended`.
 */
export async function requireUnheld(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  work: ErasureWork,
  people: readonly string[],
): Promise<void> {
  const held = await findHolds(sql, records, work);
  if (held.length > 0) throw new AppError('ledger.on_hold', { detail: `held by ${held.join(', ')}` });
  for (const person of people) {
    const ended = await findHolds(sql, records, work, person);
    if (ended.length > 0)
      throw new AppError('ledger.own_hold_ended', { detail: `${person} has ended ${ended.join(', ')}` });
  }
}
