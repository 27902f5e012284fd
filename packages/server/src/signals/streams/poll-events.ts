import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type QueuedEvent, signEvent } from '../events/sign-event.ts';
import { readErrorCode } from './post-event.ts';
import { readQueue, takeFromQueue } from './queue.ts';
import type { Receiver } from './receiver.ts';
import { getStream, pollMethod } from './stream.ts';

const jti = z.string().max(256);
const mostAtOnce = 100;

/** RFC 8936 §2.2; all of it comes from the receiver. */
const pollInput = z.object({
  maxEvents: z.number().int().min(0).max(1_000_000).default(mostAtOnce),
  returnImmediately: z.boolean().default(false),
  ack: z.array(jti).max(1_000).default([]),
  setErrs: z.record(jti, z.object({ err: z.unknown().optional() })).default({}),
});

export interface PollAnswer {
  /** By `jti`, in the order in which they happened. */
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

type Polling = Pick<Context, 'config' | 'events' | 'platform' | 'store'>;

/** Over twenty seconds. */
const mostLooks = 80;
const lookMilliseconds = 250;

/**
 * Takes back what the receiver has, and hands out what waits, in its order (RFC 8936 §2). Nothing leaves the queue before
 * it is acknowledged, so what a receiver loses comes again. `signal` ends the waiting. Throws `signal.stream_not_found`.
 */
export async function pollEvents(
  context: Polling,
  receiver: Receiver,
  asked: { readonly streamId: string; readonly input: unknown; readonly signal: AbortSignal },
): Promise<PollAnswer> {
  const { maxEvents, returnImmediately, ack, setErrs } = pollInput.parse(asked.input);
  const { store } = context;
  const stream = await getStream(store.sql, receiver, asked.streamId);
  await takeFromQueue(store, stream.id, ack);
  if (Object.keys(setErrs).length > 0) await takeRefused(context, receiver, stream.id, setErrs);
  const limit = Math.min(maxEvents, mostAtOnce);
  const looks = returnImmediately || limit === 0 ? 1 : mostLooks;
  for (let look = 1; ; look += 1) {
    const { status, delivery } = await getStream(store.sql, receiver, stream.id);
    const isOpen = status === 'enabled' && delivery.method === pollMethod;
    const waiting = isOpen ? await readQueue(store, stream.id, limit + 1) : [];
    if (waiting.length > 0 || look >= looks || asked.signal.aborted) {
      const sets = await signAll(context, receiver, waiting.slice(0, limit));
      return { sets, moreAvailable: waiting.length > limit };
    }
    await pause(lookMilliseconds);
  }
}

async function signAll(
  { config, events }: Polling,
  { audience }: Receiver,
  waiting: readonly QueuedEvent[],
): Promise<Readonly<Record<string, string>>> {
  const from = { issuer: config.server.publicUrl, audience };
  const signed = await Promise.all(
    waiting.map(async (event) => [event.jti, await signEvent(events, from, event)] as const),
  );
  return Object.fromEntries(signed);
}

/** What the receiver says it can do nothing with is not handed out again, and is not forgotten. */
async function takeRefused(
  { platform, store }: Polling,
  receiver: Receiver,
  streamId: string,
  refused: z.output<typeof pollInput>['setErrs'],
): Promise<void> {
  await store.transaction(async (tx: Transaction) => {
    const rows = await tx.sql
      .selectFrom('signal_queue')
      .select(['jti', 'event', 'txn'])
      .where('stream_id', '=', streamId)
      .where('jti', 'in', Object.keys(refused).slice(0, 1_000))
      .execute();
    for (const row of rows) {
      tx.record({
        id: platform.newId('rec'),
        kind: 'signal.event_refused',
        at: platform.now(),
        causes: [receiver.record],
        body: {
          ...{ receiver: receiver.id, stream: streamId, event: row.event, txn: row.txn },
          err: readErrorCode(refused[row.jti]?.err),
        },
      });
    }
    await takeFromQueue(
      tx,
      streamId,
      rows.map((row) => row.jti),
    );
  });
}
