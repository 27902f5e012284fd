import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { changeStatus } from './queue.ts';
import { findDue, readStream, type StreamStatus } from './stream.ts';

/** A stream as administrators see it. */
export interface StreamView {
  readonly id: string;
  readonly receiver: string;
  readonly method: string;
  readonly address: string | null;
  readonly status: StreamStatus;
  readonly statusReason: string | null;
  /** Events that wait. */
  readonly waiting: number;
  /** When the oldest of them happened, epoch milliseconds. */
  readonly oldestAt: number | null;
  readonly attempts: number;
}

export async function listStreams(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
): Promise<readonly StreamView[]> {
  requirePermission(actor, 'signals.read_receivers');
  const rows = await store.sql
    .selectFrom('signal_streams')
    .innerJoin('signal_receivers', 'signal_receivers.id', 'signal_streams.receiver_id')
    .selectAll('signal_streams')
    .select('signal_receivers.name as receiver_name')
    .orderBy('signal_streams.id')
    .execute();
  const queues = await store.sql
    .selectFrom('signal_queue')
    .select(({ fn }) => ['stream_id', fn.countAll<number>().as('waiting'), fn.min('at').as('oldest_at')])
    .groupBy('stream_id')
    .execute();
  return rows.map((row) => {
    const { id, delivery, status, statusReason, attempts } = readStream(row);
    const queue = queues.find((one) => one.stream_id === id);
    return {
      ...{ id, receiver: row.receiver_name, method: delivery.method },
      address: 'endpointUrl' in delivery ? new URL(delivery.endpointUrl).origin : null,
      ...{ status, statusReason, attempts },
      waiting: Number(queue?.waiting ?? 0),
      oldestAt: queue === undefined ? null : Number(queue.oldest_at),
    };
  });
}

export const resumeStreamInput = z.strictObject({ id: idSchema('evs') });

/** Lets a stream that was paused go on, with all that waits. Throws `signal.stream_not_found`. */
export async function resumeStream(
  { platform, store }: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: unknown,
): Promise<void> {
  requirePermission(actor, 'signals.change_receivers');
  const { id } = resumeStreamInput.parse(input);
  await store.transaction(async (tx) => {
    const row = await tx.sql.selectFrom('signal_streams').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw new AppError('signal.stream_not_found');
    await changeStatus({ platform }, tx, id, { status: 'enabled', reason: null });
    await tx.sql
      .updateTable('signal_streams')
      .set({ attempts: 0, refusals: 0, due_at: findDue(readStream(row)) })
      .where('id', '=', id)
      .execute();
    tx.record({
      id: platform.newId('rec'),
      kind: 'signal.stream_changed',
      at: platform.now(),
      causes: [],
      body: {
        by: nameActor(actor),
        stream: id,
        receiver: row.receiver_id,
        change: 'status',
        status: 'enabled',
      },
    });
  });
}
