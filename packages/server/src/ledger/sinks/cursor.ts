import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { listStreams, type StreamRange } from '../streams/list-streams.ts';
import type { FedSink } from './sink-state.ts';

export type SinkCursor = Selectable<Schema['ledger_sinks']>;

/** Where a sink has come to in a stream. */
export interface StreamCursor {
  readonly range: StreamRange;
  readonly cursor: SinkCursor;
}

/** Of a sink in a stream: the first one's is as the configuration names it. */
export function nameCursor(sink: string, stream: number): string {
  return stream === 0 ? sink : `${sink}@${stream}`;
}

/**
 * Where a sink has come to in every stream, the first one first. One that was not there before begins where its settings say,
 * and has all of a stream that came after it.
 */
export async function loadCursors(
  { store }: Pick<Context, 'store'>,
  { sink, settings }: Pick<FedSink, 'sink' | 'settings'>,
): Promise<readonly StreamCursor[]> {
  const all = await listStreams(store.sql);
  // A log is published as one tree.
  const ranges = sink.batches.isWhole ? all.filter(({ stream }) => stream === 0) : all;
  const names = ranges.map(({ stream }) => nameCursor(sink.name, stream));
  const read = async () =>
    new Map(
      (await store.sql.selectFrom('ledger_sinks').selectAll().where('name', 'in', names).execute()).map(
        (row) => [row.name, row] as const,
      ),
    );
  let known = await read();
  const isNew = known.size === 0;
  const made = ranges.flatMap(({ stream, start, end }) => {
    const name = nameCursor(sink.name, stream);
    return known.has(name) ? [] : [makeCursor(name, isNew && settings.start === 'now' ? end : start)];
  });
  if (made.length > 0) {
    const insert = store.sql.insertInto('ledger_sinks').values(made);
    await insert.onConflict((on) => on.column('name').doNothing()).execute();
    known = await read();
  }
  return ranges.map((range) => {
    const name = nameCursor(sink.name, range.stream);
    return { range, cursor: known.get(name) ?? makeCursor(name, range.start) };
  });
}

function makeCursor(name: string, next_seq: number): SinkCursor {
  return {
    ...{ name, next_seq, attempts: 0, refusals: 0, refused_in_a_row: 0, next_at: 0, failing_since: null },
    ...{ last_error: null, delivered: 0, delivered_at: null },
  };
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
