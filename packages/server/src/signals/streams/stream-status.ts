import { z } from 'zod';
import { plainLine } from '../../wire/plain-text.ts';
import { recordChange, type StreamContext } from './configure-stream.ts';
import type { Receiver } from './receiver.ts';
import { findDue, getStream, type StreamStatus } from './stream.ts';

const statusInput = z.object({
  stream_id: z.string().max(64),
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: plainLine(200).optional(),
});

export interface StatusAnswer {
  readonly stream_id: string;
  readonly status: StreamStatus;
  readonly reason?: string;
}

/** SSF 1.0 §8.1.2.1. Throws `signal.stream_not_found`. */
export async function getStreamStatus(
  { store }: StreamContext,
  receiver: Receiver,
  streamId: string,
): Promise<StatusAnswer> {
  const { id, status, statusReason } = await getStream(store.sql, receiver, streamId);
  return answer(id, status, statusReason ?? undefined);
}

/** SSF 1.0 §8.1.2.2: what waits while a stream is paused is kept, what comes while it is disabled is not. */
export async function setStreamStatus(
  context: StreamContext,
  receiver: Receiver,
  input: unknown,
): Promise<StatusAnswer> {
  const { stream_id, status, reason } = statusInput.parse(input);
  return context.store.transaction(async (tx) => {
    const stream = await getStream(tx.sql, receiver, stream_id);
    await tx.sql
      .updateTable('signal_streams')
      .set({ status, status_reason: reason ?? null, attempts: 0, refusals: 0, due_at: findDue(stream) })
      .where('id', '=', stream.id)
      .execute();
    if (status === 'disabled')
      await tx.sql.deleteFrom('signal_queue').where('stream_id', '=', stream.id).execute();
    recordChange(context, tx, receiver, { stream: stream.id, change: 'status', status });
    return answer(stream.id, status, reason);
  });
}

function answer(id: string, status: StreamStatus, reason: string | undefined): StatusAnswer {
  return { stream_id: id, status, ...(reason === undefined ? {} : { reason }) };
}
