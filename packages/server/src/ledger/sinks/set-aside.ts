import type { SinkCursor } from './cursor.ts';
import type { Feeding } from './feed-sink.ts';
import type { FedSink } from './sink-state.ts';

/** Puts one record that a sink refuses aside, says so in the ledger, and lets the sink go on behind it. */
export async function setAside(
  { log, platform, store }: Feeding,
  { sink }: FedSink,
  cursor: SinkCursor,
  { record, why }: { readonly record: { id: string; seq: number; kind: string }; readonly why: string },
): Promise<void> {
  const at = platform.now();
  log.warn({ sink: sink.name, record: record.id, why }, 'a sink refused a record, which was set aside');
  await store.transaction(async (tx) => {
    const moved = await tx.sql
      .updateTable('ledger_sinks')
      .set({
        ...{ next_seq: record.seq + 1, refusals: 0, attempts: 0, next_at: 0 },
        refused_in_a_row: cursor.refused_in_a_row + 1,
      })
      .where('name', '=', cursor.name)
      .where('next_seq', '=', cursor.next_seq)
      .executeTakeFirst();
    if (moved.numUpdatedRows !== 1n) return;
    await tx.sql
      .insertInto('ledger_sink_refusals')
      .values({ sink: sink.name, seq: record.seq, record_id: record.id, why, at, resend: 0 })
      .onConflict((on) => on.columns(['sink', 'seq']).doUpdateSet({ why, at, resend: 0 }))
      .execute();
    // A sink that refuses this very kind would otherwise be told of it for ever.
    if (record.kind === 'ledger.sink_refused') return;
    tx.record({
      ...{ id: platform.newId('rec'), kind: 'ledger.sink_refused', at, causes: [record.id] },
      body: { sink: sink.name, sinkKind: sink.kind, seq: record.seq, why },
    });
  });
}
