import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { StoredRecord } from '../ledger-record.ts';

/** Nobody erases what others were to be told of before they were. Throws `ledger.undelivered`. */
export async function requireDelivered(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  sinks: Iterable<string>,
): Promise<void> {
  const newest = records.reduce((seq, record) => Math.max(seq, record.seq), -1);
  const rows = await sql.selectFrom('ledger_sinks').select('name').where('next_seq', '>', newest).execute();
  const past = new Set(rows.map(({ name }) => name));
  const behind = [...sinks].filter((name) => !past.has(name));
  if (behind.length === 0) return;
  throw new AppError('ledger.undelivered', { detail: `not delivered yet to ${behind.join(', ')}` });
}
