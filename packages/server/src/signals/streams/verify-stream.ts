import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { streamEvents } from '../events/event-types.ts';
import { enqueueEvents } from './queue.ts';
import type { Receiver } from './receiver.ts';
import { getStream } from './stream.ts';

export const shortestVerificationSeconds = 10;

const verificationInput = z.object({ stream_id: z.string().max(64), state: z.string().max(1024).optional() });

/** Puts a verification behind the events that wait (SSF 1.0 §8.1.4.2). Throws `signal.verification_too_soon`. */
export async function verifyStream(
  context: Pick<Context, 'config' | 'log' | 'platform' | 'store'>,
  receiver: Receiver,
  input: unknown,
): Promise<void> {
  const { stream_id, state } = verificationInput.parse(input);
  await context.store.transaction(async (tx) => {
    const stream = await getStream(tx.sql, receiver, stream_id);
    const at = context.platform.now();
    if (stream.verifiedAt !== null && at - stream.verifiedAt < shortestVerificationSeconds * 1000)
      throw new AppError('signal.verification_too_soon');
    await tx.sql.updateTable('signal_streams').set({ verified_at: at }).where('id', '=', stream.id).execute();
    const event = {
      txn: stream.id,
      subject: { format: 'opaque', id: stream.id } as const,
      ...{ event: streamEvents.verification, payload: state === undefined ? {} : { state }, at },
    };
    if (stream.status !== 'disabled') await enqueueEvents(context, tx, stream, [event]);
  });
}
