import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import { streamOf } from '../../plugins/database/ledger-streams.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { nameCursor } from '../sinks/cursor.ts';

const idsAtOnce = 500;

/**
 * Nobody erases what others were to be told of before they were: neither sinks nor those who are told of security events, whose
 * queue says what is to go. Throws `ledger.undelivered`.
 */
export async function requireDelivered(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  sinks: Iterable<string>,
): Promise<void> {
  const newest = new Map<number, number>();
  for (const { seq } of records) newest.set(streamOf(seq), Math.max(newest.get(streamOf(seq)) ?? -1, seq));
  const rows = await sql.selectFrom('ledger_sinks').select(['name', 'next_seq']).execute();
  const places = new Map(rows.map(({ name, next_seq }) => [name, next_seq]));
  const behind = [...sinks].filter((name) =>
    [...newest].some(([stream, seq]) => (places.get(nameCursor(name, stream)) ?? -1) <= seq),
  );
  behind.push(...(await listBehindStreams(sql, records)));
  if (behind.length === 0) return;
  throw new AppError('ledger.undelivered', { detail: `not delivered yet to ${behind.join(', ')}` });
}

async function listBehindStreams(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
): Promise<readonly string[]> {
  const behind = new Set<string>();
  const ids = records.map(({ id }) => id);
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const some = ids.slice(from, from + idsAtOnce);
    const queued = await sql
      .selectFrom('signal_queue')
      .select('stream_id')
      .distinct()
      .where('txn', 'in', some)
      .execute();
    for (const { stream_id } of queued) behind.add(stream_id);
    const waiting = sql.selectFrom('security_events').select('id').where('record', 'in', some);
    const first = await waiting.where('distributed_at', 'is', null).limit(1).executeTakeFirst();
    if (first !== undefined) behind.add('security event streams');
  }
  return [...behind];
}
