import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { findEnd } from '../find-seq-at.ts';
import type { FedSink } from './sink-state.ts';

export type SinkCursor = Selectable<Schema['ledger_sinks']>;

/** Where a sink has come to; one that was not there before begins where its settings say. */
export async function loadCursor(
  { store }: Pick<Context, 'store'>,
  { sink, settings }: Pick<FedSink, 'sink' | 'settings'>,
): Promise<SinkCursor> {
  const found = await findCursor(store, sink.name);
  if (found !== undefined) return found;
  const cursor: SinkCursor = {
    ...{ name: sink.name, next_seq: settings.start === 'now' ? await findEnd(store.sql) : 0 },
    ...{ attempts: 0, refusals: 0, refused_in_a_row: 0, next_at: 0, failing_since: null },
    ...{ last_error: null, delivered: 0, delivered_at: null },
  };
  await store.sql
    .insertInto('ledger_sinks')
    .values(cursor)
    .onConflict((on) => on.column('name').doNothing())
    .execute();
  return (await findCursor(store, sink.name)) ?? cursor;
}

async function findCursor({ sql }: Context['store'], name: string): Promise<SinkCursor | undefined> {
  return sql.selectFrom('ledger_sinks').selectAll().where('name', '=', name).executeTakeFirst();
}

/** Moves it on, unless somebody has put it elsewhere meanwhile. */
export async function advanceCursor(
  { store, platform }: Pick<Context, 'platform' | 'store'>,
  cursor: SinkCursor,
  { to, delivered }: { readonly to: number; readonly delivered: number },
): Promise<void> {
  const now = platform.now();
  await store.sql
    .updateTable('ledger_sinks')
    .set({
      next_seq: to,
      ...(delivered === 0 ? {} : { delivered: cursor.delivered + delivered, delivered_at: now }),
      ...healthy,
    })
    .where('name', '=', cursor.name)
    .where('next_seq', '=', cursor.next_seq)
    .execute();
}

/** Of a sink that takes what it gets. */
export const healthy = {
  ...{ attempts: 0, refusals: 0, refused_in_a_row: 0, next_at: 0, failing_since: null, last_error: null },
};
