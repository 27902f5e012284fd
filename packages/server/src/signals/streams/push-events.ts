import type { Context } from '../../context.ts';
import { signEvent } from '../events/sign-event.ts';
import { type Push, postEvent } from './post-event.ts';
import { pauseStream, readQueue, takeFromQueue } from './queue.ts';
import { listAllReceivers, type Receiver } from './receiver.ts';
import { authorizationPurpose, pushMethod, readStream, type Stream } from './stream.ts';

type Pushing = Pick<Context, 'config' | 'events' | 'log' | 'masterKey' | 'platform' | 'store'>;

const streamsAtOnce = 16;
const eventsAtOnce = 50;
/** A receiver that is slow keeps the others waiting no longer. */
const sliceMilliseconds = 2_000;
const pauseMilliseconds = 200;
const firstPauseMilliseconds = 1_000;
const longestPauseMilliseconds = 300_000;
const mostRefusals = 3;

/**
 * Delivers to those who want events pushed, one after another in their order. A stream whose receiver cannot be reached is
 * tried again, ever less often; one whose receiver refuses is paused after a few tries, and nothing of it is lost. A crash
 * after a delivery delivers again, with the same `jti`. Returns when to look again.
 */
export async function pushEvents(context: Pushing, lookup?: NonNullable<Push['lookup']>): Promise<number> {
  const { platform, store } = context;
  const rows = await store.sql
    .selectFrom('signal_streams')
    .selectAll()
    .where('status', '=', 'enabled')
    .where('due_at', '<=', platform.now())
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('signal_queue')
          .select('signal_queue.jti')
          .whereRef('signal_queue.stream_id', '=', 'signal_streams.id'),
      ),
    )
    // Whoever has waited longest: a slow one with much to take keeps nobody out.
    .orderBy('tried_at')
    .orderBy('id')
    .limit(streamsAtOnce)
    .execute();
  const streams = rows.map(readStream).filter(({ delivery }) => delivery.method === pushMethod);
  if (streams.length > 0) {
    const receivers = new Map((await listAllReceivers(store.sql)).map((one) => [one.id, one]));
    await Promise.all(
      streams.map(async (stream) => {
        const receiver = receivers.get(stream.receiverId);
        if (receiver !== undefined) await pushStream(context, stream, receiver, lookup);
      }),
    );
  }
  return platform.now() + pauseMilliseconds;
}

async function pushStream(
  context: Pushing,
  stream: Stream,
  receiver: Receiver,
  lookup: Push['lookup'],
): Promise<void> {
  const { delivery, id, sealedAuthorization: sealed } = stream;
  if (delivery.method !== pushMethod) return;
  const from = { issuer: context.config.server.publicUrl, audience: receiver.audience };
  const authorization = sealed === null ? null : context.masterKey.open(sealed, authorizationPurpose(id));
  const until = context.platform.now() + sliceMilliseconds;
  let { attempts, refusals } = stream;
  await noteTry(context, id);
  for (const event of await readQueue(context.store, id, eventsAtOnce)) {
    const set = await signEvent(context.events, from, event);
    const result = await postEvent({
      ...{ url: delivery.endpointUrl, allowPrivate: receiver.allowPrivate, authorization, set },
      ...(lookup === undefined ? {} : { lookup }),
    });
    if (result.kind !== 'delivered') {
      await noteVain(
        context,
        { ...stream, attempts, refusals },
        result.kind === 'refused' ? result.err : undefined,
      );
      return;
    }
    await takeFromQueue(context.store, id, [event.jti]);
    if (attempts > 0) await resetAttempts(context, id);
    attempts = 0;
    refusals = 0;
    if (context.platform.now() >= until) return;
  }
}

async function noteTry({ platform, store }: Pushing, id: string): Promise<void> {
  await store.sql
    .updateTable('signal_streams')
    .set({ tried_at: platform.now() })
    .where('id', '=', id)
    .execute();
}

async function resetAttempts({ store }: Pushing, id: string): Promise<void> {
  await store.sql
    .updateTable('signal_streams')
    .set({ attempts: 0, refusals: 0, due_at: 0 })
    .where('id', '=', id)
    .execute();
}

/** With jitter, so that many streams of one receiver do not come back at once. */
async function noteVain(context: Pushing, stream: Stream, err: string | undefined): Promise<void> {
  const { platform, store, log } = context;
  const attempts = stream.attempts + 1;
  const refusals = stream.refusals + (err === undefined ? 0 : 1);
  const pause = Math.min(
    longestPauseMilliseconds,
    firstPauseMilliseconds * 2 ** Math.min(stream.attempts, 20),
  );
  const [random = 0] = platform.randomBytes(1);
  const due = platform.now() + Math.floor(pause * (0.5 + random / 512));
  log.warn({ stream: stream.id, attempts, err }, 'a security event could not be delivered');
  await store.transaction(async (tx) => {
    await tx.sql
      .updateTable('signal_streams')
      .set({ attempts, refusals, due_at: due })
      .where('id', '=', stream.id)
      .execute();
    if (err === undefined || refusals < mostRefusals) return;
    const { id, receiverId } = stream;
    await pauseStream(context, tx, { id, receiverId, reason: 'refused_by_receiver', facts: { err } });
  });
}
