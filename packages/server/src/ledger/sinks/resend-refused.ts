import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { getSink } from './get-sink.ts';

/** Has everything that a sink refused sent to it once more. Returns how many that are. Throws `ledger.sink_not_found`. */
export async function resendRefused(
  context: Pick<Context, 'platform' | 'sinks' | 'store'>,
  actor: Actor,
  name: string,
): Promise<number> {
  requirePermission(actor, 'ledger.change_sinks');
  getSink(context, name);
  const { platform, store } = context;
  return store.transaction(async (tx) => {
    const changed = await tx.sql
      .updateTable('ledger_sink_refusals')
      .set({ resend: 1 })
      .where('sink', '=', name)
      .executeTakeFirst();
    const count = Number(changed.numUpdatedRows);
    if (count === 0) return 0;
    await tx.sql
      .updateTable('ledger_sinks')
      .set({ next_at: 0 })
      .where(({ eb, or }) => or([eb('name', '=', name), eb('name', 'like', `${name}@%`)]))
      .execute();
    tx.record({
      ...{ id: platform.newId('rec'), kind: 'ledger.sink_resent', at: platform.now(), causes: [] },
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: { by: nameActor(actor), sink: name, count },
    });
    return count;
  });
}
