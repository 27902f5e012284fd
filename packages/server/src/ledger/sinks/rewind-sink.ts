import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { findEnd } from '../find-seq-at.ts';
import { healthy, loadCursor } from './cursor.ts';
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
  await loadCursor(context, fed);
  const end = await findEnd(store.sql);
  await store.transaction(async (tx) => {
    const { next_seq: was } = await tx.sql
      .selectFrom('ledger_sinks')
      .select('next_seq')
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    if (from > was) {
      const detail = `it has come to ${was} of ${end} records; going forwards would leave a gap`;
      throw new AppError('server.request_invalid', { detail });
    }
    await tx.sql
      .updateTable('ledger_sinks')
      .set({ next_seq: from, ...healthy })
      .where('name', '=', name)
      .execute();
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
