import type { Context } from '../../context.ts';
import type { Store, Transaction } from '../../plugins/database/database.ts';
import { streamEvents } from '../events/event-types.ts';
import type { QueuedEvent } from '../events/sign-event.ts';
import type { Stream } from './stream.ts';

type QueueContext = Pick<Context, 'config' | 'log' | 'platform'>;

export type NewEvent = Omit<QueuedEvent, 'jti'>;

const rowsAtOnce = 200;

/**
 * Puts events behind those that wait, in the transaction that makes them wait. A queue that is full loses its oldest
 * events, and never in silence: its stream is paused, a record says how many were lost and the log says it aloud.
 */
export async function enqueueEvents(
  context: QueueContext,
  tx: Transaction,
  stream: Stream,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const { id, nextPosition } = stream;
  const rows = events.map(({ txn, subject, event, payload, at }, index) => ({
    ...{ stream_id: id, position: nextPosition + index, jti: context.platform.newId('set') },
    ...{ txn, subject: JSON.stringify(subject), event, payload: JSON.stringify(payload), at },
  }));
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await tx.sql
      .insertInto('signal_queue')
      .values(rows.slice(from, from + rowsAtOnce))
      .execute();
  }
  await tx.sql
    .updateTable('signal_streams')
    .set({ next_position: nextPosition + events.length })
    .where('id', '=', id)
    .execute();
  await dropOldest(context, tx, stream);
}

async function dropOldest(context: QueueContext, tx: Transaction, { id, receiverId }: Stream): Promise<void> {
  const { queueEvents } = context.config.signals;
  const last = await tx.sql
    .selectFrom('signal_queue')
    .select('position')
    .where('stream_id', '=', id)
    .orderBy('position', 'desc')
    .offset(queueEvents)
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return;
  const dropped = await tx.sql
    .deleteFrom('signal_queue')
    .where('stream_id', '=', id)
    .where('position', '<=', last.position)
    .executeTakeFirst();
  const lost = Number(dropped.numDeletedRows);
  await pauseStream(context, tx, { id, receiverId, reason: 'queue_full', facts: { lost } });
  tx.afterCommit(() =>
    context.log.error({ stream: id, lost }, 'security events were lost: a receiver has not taken them'),
  );
}

/** Events wait until the receiver, or an administrator, enables the stream again. */
export async function pauseStream(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  paused: {
    readonly id: string;
    readonly receiverId: string;
    readonly reason: string;
    readonly facts: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { id, receiverId, reason, facts } = paused;
  await changeStatus(context, tx, id, { status: 'paused', reason });
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'signal.stream_paused',
    at: context.platform.now(),
    causes: [],
    body: { stream: id, receiver: receiverId, reason, ...facts },
  });
}

/** A change that the receiver did not make is told to it, behind all that waits (SSF 1.0 §8.1.5). */
export async function changeStatus(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  streamId: string,
  { status, reason }: { readonly status: 'enabled' | 'paused'; readonly reason: string | null },
): Promise<void> {
  const { next_position: position, status: before } = await tx.sql
    .selectFrom('signal_streams')
    .select(['next_position', 'status'])
    .where('id', '=', streamId)
    .executeTakeFirstOrThrow();
  const isNew = before !== status;
  await tx.sql
    .updateTable('signal_streams')
    .set({ status, status_reason: reason, next_position: isNew ? position + 1 : position })
    .where('id', '=', streamId)
    .execute();
  if (!isNew) return;
  await tx.sql
    .insertInto('signal_queue')
    .values({
      ...{ stream_id: streamId, position, jti: platform.newId('set'), txn: streamId },
      subject: JSON.stringify({ format: 'opaque', id: streamId }),
      event: streamEvents.updated,
      payload: JSON.stringify({ status, ...(reason === null ? {} : { reason }) }),
      at: platform.now(),
    })
    .execute();
}

/** The oldest first. */
export async function readQueue(
  { sql }: Pick<Store, 'sql'>,
  streamId: string,
  limit: number,
): Promise<readonly QueuedEvent[]> {
  const rows = await sql
    .selectFrom('signal_queue')
    .selectAll()
    .where('stream_id', '=', streamId)
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(({ jti, txn, subject, event, payload, at }) => ({
    ...{ jti, txn, event, at },
    subject: JSON.parse(subject),
    payload: JSON.parse(payload),
  }));
}

/** The receiver has them. */
export async function takeFromQueue(
  { sql }: Pick<Store, 'sql'>,
  streamId: string,
  jtis: readonly string[],
): Promise<void> {
  if (jtis.length === 0) return;
  await sql
    .deleteFrom('signal_queue')
    .where('stream_id', '=', streamId)
    .where('jti', 'in', [...jtis])
    .execute();
}
