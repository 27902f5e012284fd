import { readForwards } from '../read-forwards.ts';
import { healthy, type SinkCursor } from './cursor.ts';
import { attempt, type Feeding } from './feed-sink.ts';
import { makeSinkRecord } from './make-sink-record.ts';
import { noteVain } from './note-vain.ts';
import type { FedSink } from './sink-state.ts';

/** Sends one of those that were set aside and are wanted once more; what is refused again stays aside. */
export async function resendNext(
  context: Feeding,
  fed: FedSink,
  cursor: SinkCursor,
): Promise<'none' | 'sent' | 'failed'> {
  const { sql } = context.store;
  const name = fed.sink.name;
  const row = await sql
    .selectFrom('ledger_sink_refusals')
    .select('seq')
    .where('sink', '=', name)
    .where('resend', '=', 1)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return 'none';
  const stored = await readForwards(context, { from: row.seq, before: row.seq + 1, limit: 1 });
  const records = stored.map((one) => makeSinkRecord(one, fed.settings.content));
  const outcome = await attempt(context, fed, { from: row.seq, to: row.seq + 1, records, isRepeat: true });
  if (outcome.outcome === 'failed') {
    if (!context.sinks.stopping.aborted) await noteVain(context, cursor, outcome);
    return 'failed';
  }
  if (outcome.outcome === 'refused') {
    const at = context.platform.now();
    await sql
      .updateTable('ledger_sink_refusals')
      .set({ resend: 0, why: outcome.why, at })
      .where('sink', '=', name)
      .where('seq', '=', row.seq)
      .execute();
    return 'sent';
  }
  await sql.deleteFrom('ledger_sink_refusals').where('sink', '=', name).where('seq', '=', row.seq).execute();
  const delivered = { delivered: cursor.delivered + 1, delivered_at: context.platform.now() };
  await sql
    .updateTable('ledger_sinks')
    .set({ ...healthy, ...delivered })
    .where('name', '=', cursor.name)
    .execute();
  return 'sent';
}
