import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import { type Actor, nameActor } from '../../people/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { ErasureWork } from '../erasure/erasure-work.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { findHolds } from './find-holds.ts';

/**
 * Nothing on hold is reached, and whoever ended a hold is not the one who then erases what it kept. Throws
 * `ledger.on_hold`, `ledger.own_hold_ended`.
 */
export async function requireUnheld(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  work: ErasureWork,
  actor: Actor,
): Promise<void> {
  const held = await findHolds(sql, records, work);
  if (held.length > 0) throw new AppError('ledger.on_hold', { detail: `held by ${held.join(', ')}` });
  const ended = await findHolds(sql, records, work, nameActor(actor));
  if (ended.length > 0)
    throw new AppError('ledger.own_hold_ended', { detail: `you have ended ${ended.join(', ')}` });
}
