import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { eventTypes } from '../events/event-types.ts';
import { nameSubject, type Subject } from '../events/subject.ts';
import { isEventKind } from '../security-event.ts';
import { enqueueEvents, type NewEvent } from './queue.ts';
import { listAllReceivers, mayBeToldOf, type Receiver } from './receiver.ts';
import { listDelivered, readStream, type Stream } from './stream.ts';

type Distributing = Pick<Context, 'config' | 'log' | 'platform' | 'store'>;
type EventRow = Selectable<Schema['security_events']>;

const atOnce = 500;
const pauseMilliseconds = 200;
const keptMilliseconds = 30 * 86_400_000;
const tidyMilliseconds = 3_600_000;

/**
 * Puts what has become true into the queue of every stream that is told of it, once: the event is marked in the
 * transaction that queues it, so a crash in between changes nothing. Returns when to look again.
 */
export async function distributeEvents(context: Distributing): Promise<number> {
  const { platform, store } = context;
  const waiting = await store.sql
    .selectFrom('security_events')
    .selectAll()
    .where('distributed_at', 'is', null)
    .orderBy('at')
    .orderBy('id')
    .limit(atOnce)
    .execute();
  if (waiting.length > 0) await store.transaction((tx) => distribute(context, tx, waiting));
  return platform.now() + (waiting.length === atOnce ? 0 : pauseMilliseconds);
}

async function distribute(
  context: Distributing,
  tx: Transaction,
  events: readonly EventRow[],
): Promise<void> {
  const streams = await tx.sql
    .selectFrom('signal_streams')
    .selectAll()
    .where('status', '!=', 'disabled')
    .execute();
  if (streams.length > 0) {
    const receivers = new Map((await listAllReceivers(tx.sql)).map((one) => [one.id, one]));
    for (const row of streams) {
      const receiver = receivers.get(row.receiver_id);
      if (receiver === undefined) continue;
      const stream = readStream(row);
      await enqueueEvents(context, tx, stream, await choose(context, tx, { stream, receiver, events }));
    }
  }
  await tx.sql
    .updateTable('security_events')
    .set({ distributed_at: context.platform.now() })
    .where(
      'id',
      'in',
      events.map(({ id }) => id),
    )
    .execute();
}

interface Told {
  readonly stream: Stream;
  readonly receiver: Receiver;
  readonly events: readonly EventRow[];
}

/** A receiver hears of those alone that it was given, by the name it gave them. */
async function choose(
  { config }: Distributing,
  tx: Transaction,
  { stream, receiver, events }: Told,
): Promise<readonly NewEvent[]> {
  const delivered = new Set(listDelivered(stream));
  const ids = [...new Set(events.map(idOf))];
  const rows = await tx.sql
    .selectFrom('signal_subjects')
    .select(['subject_id', 'subject', 'is_removed'])
    .where('stream_id', '=', stream.id)
    .where('subject_id', 'in', ids)
    .execute();
  const named = new Map(rows.map((row) => [row.subject_id, row]));
  return events.flatMap((event) => {
    const id = idOf(event);
    const uri = isEventKind(event.kind) ? eventTypes[event.kind] : '';
    if (!delivered.has(uri) || !mayBeToldOf(receiver, id)) return [];
    const row = named.get(id);
    if (row === undefined ? !receiver.everybody : row.is_removed === 1) return [];
    const subject: Subject =
      row === undefined ? nameSubject(config.server.publicUrl, id) : JSON.parse(row.subject);
    return [{ txn: event.record, subject, event: uri, payload: describeEvent(event), at: event.at }];
  });
}

function idOf({ person_id, agent_id }: EventRow): string {
  return person_id ?? agent_id ?? '';
}

/** The claims that all events have (CAEP 1.0 §2), and those of its own. */
function describeEvent({ at, reason, facts }: EventRow): Readonly<Record<string, unknown>> {
  return {
    ...(JSON.parse(facts) as Readonly<Record<string, unknown>>),
    event_timestamp: Math.floor(at / 1000),
    reason_admin: { en: reason },
  };
}

/** What was told long ago is in the ledger, and need not be kept here. Returns when to look again. */
export async function forgetEvents({
  platform,
  store,
}: Pick<Context, 'platform' | 'store'>): Promise<number> {
  await store.sql
    .deleteFrom('security_events')
    .where('distributed_at', '<', platform.now() - keptMilliseconds)
    .execute();
  return platform.now() + tidyMilliseconds;
}
