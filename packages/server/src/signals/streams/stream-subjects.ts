import { AppError } from '@countersign/api';
import type { JsonValue } from '@countersign/core';
import { z } from 'zod';
import { findSubject, parseSubject } from '../events/subject.ts';
import { recordChange, type StreamContext } from './configure-stream.ts';
import { mayBeToldOf, type Receiver } from './receiver.ts';
import { getStream } from './stream.ts';

const subjectInput = z.object({
  stream_id: z.string().max(64),
  subject: z
    .custom<JsonValue>((value) => typeof value === 'object' && value !== null)
    .meta({ type: 'object' }),
});

const mostSubjects = 10_000;

/**
 * From now on the stream tells of this person or agent, by the name given here (SSF 1.0 §8.1.3.2), or no more (§8.1.3.3).
 * Whoever is nobody here and whoever the receiver may not be told of are answered alike. Throws
 * `signal.stream_not_found`, `signal.subject_not_found`, `signal.stream_limit`.
 */
export async function changeSubject(
  context: StreamContext,
  receiver: Receiver,
  input: unknown,
  how: 'add' | 'remove',
): Promise<void> {
  const given = subjectInput.parse(input);
  await context.store.transaction(async (tx) => {
    const { id: streamId } = await getStream(tx.sql, receiver, given.stream_id);
    const subject = parseSubject(given.subject);
    const found = subject && (await findSubject(tx.sql, context.config.server.publicUrl, subject));
    if (found === undefined || !mayBeToldOf(receiver, found)) throw new AppError('signal.subject_not_found');
    await tx.sql
      .deleteFrom('signal_subjects')
      .where('stream_id', '=', streamId)
      .where('subject_id', '=', found)
      .execute();
    const { count } = await tx.sql
      .selectFrom('signal_subjects')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('stream_id', '=', streamId)
      .executeTakeFirstOrThrow();
    if (Number(count) >= mostSubjects) throw new AppError('signal.stream_limit');
    // Of somebody told of everybody, a removal has to be remembered.
    if (how === 'add' || receiver.everybody) {
      const row = { subject: JSON.stringify(subject), is_removed: how === 'add' ? 0 : 1 };
      await tx.sql
        .insertInto('signal_subjects')
        .values({ stream_id: streamId, subject_id: found, ...row })
        .execute();
    }
    recordChange(context, tx, receiver, {
      stream: streamId,
      change: `subject_${how === 'add' ? 'added' : 'removed'}`,
      subject: found,
    });
  });
}
