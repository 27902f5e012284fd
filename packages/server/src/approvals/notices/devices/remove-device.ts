import { AppError } from '@countersign/api';
import type { Context } from '../../../context.ts';
import { type Actor, nameActor } from '../../../people/index.ts';
import { type Device, listDevices } from './list-devices.ts';

/** Tells one of one's own browsers no more. Throws `approval.device_refused` when there is none of that id. */
export async function removeDevice(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  deviceId: string,
): Promise<readonly Device[]> {
  if (actor.kind !== 'person') throw new AppError('person.forbidden');
  await context.store.transaction(async (tx) => {
    const gone = await tx.sql
      .deleteFrom('push_subscriptions')
      .where('id', '=', deviceId)
      .where('person_id', '=', actor.person)
      .executeTakeFirst();
    if (gone.numDeletedRows !== 1n) throw new AppError('approval.device_refused');
    tx.record({
      ...{
        id: context.platform.newId('rec'),
        kind: 'person.channel_changed',
        at: context.platform.now(),
        causes: [],
      },
      person: actor.person,
      body: { by: nameActor(actor), device: 'removed' },
    });
  });
  return listDevices(context.store.sql, actor.person);
}
