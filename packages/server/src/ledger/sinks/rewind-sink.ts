import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { streamOf } from '../../plugins/database/ledger-streams.ts';
import { healthy, loadCursors } from './cursor.ts';
import { getSink } from './get-sink.ts';

/** `from` is the `seq` of the first record to send again. */
export const rewindSinkInput = z.strictObject({ from: z.number().int().min(0) });

/** Sends everything from there on again; forwards it would leave a gap and is refused. Throws `ledger.sink_not_found`. */
export async function rewindSink(
  context: Pick<Context, 'platform' | 'sinks' | 'store'>,
  actor: Actor,
  { name, ...input }: { readonly name: string } & z.input<typeof rewindSinkInput>,
): Promise<void> {
  requirePermission(actor, 'ledger.change_sinks');
  const fed = getSink(context, name);
  const { from } = rewindSinkInput.parse(input);
  const { platform, store } = context;
  const cursors = await loadCursors(context, fed);
  // From the beginning means that of every stream.
  const places = cursors.filter(({ range }) => from === 0 || range.stream === streamOf(from));
  if (places.length === 0)
    throw new AppError('server.request_invalid', { detail: 'no stream has that place' });
  await store.transaction(async (tx) => {
    let was = 0;
    for (const { cursor, range } of places) {
      const first = from === 0 ? range.start : from;
      const row = await tx.sql
        .selectFrom('ledger_sinks')
        .select('next_seq')
        .where('name', '=', cursor.name)
        .executeTakeFirstOrThrow();
      if (first > row.next_seq) {
        const detail = `it has come to ${row.next_seq} of ${range.end} records; going forwards would leave a gap`;
        throw new AppError('server.request_invalid', { detail });
      }
      if (range.stream === streamOf(from)) was = row.next_seq;
      await tx.sql
        .updateTable('ledger_sinks')
        .set({ next_seq: first, ...healthy })
        .where('name', '=', cursor.name)
        .execute();
    }
    tx.record({
      ...{ id: platform.newId('rec'), kind: 'ledger.sink_rewound', at: platform.now(), causes: [] },
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: { by: nameActor(actor), sink: name, from, to: was },
    });
    tx.afterCommit(() => {
      fed.waitsSince = null;
      fed.mayRepeat = false;
    });
  });
}
