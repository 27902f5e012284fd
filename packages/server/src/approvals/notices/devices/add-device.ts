import { ECDH } from 'node:crypto';
import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { type Actor, nameActor, requireFresh } from '../../../people/index.ts';
import { sha256 } from '../../../platform/sha256.ts';
import { plainLine } from '../../../wire/plain-text.ts';
import { devicePurpose } from './create-push-devices.ts';
import { type Device, listDevices } from './list-devices.ts';

/** `PushSubscription.toJSON()` of the Push API. Hostile: the endpoint is a URL that we would write to. */
export const addDeviceInput = z.strictObject({
  endpoint: z.string().min(1).max(1_024),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/),
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}={0,2}$/),
  }),
  device: plainLine(60).describe('What the person calls it.'),
});

type Adding = Pick<Context, 'masterKey' | 'notices' | 'platform' | 'store'>;

const mostDevices = 10;

/**
 * Tells a browser of the person from now on. It belongs to one person at a time: who signs in at a shared one takes it
 * over. Throws `person.passkey_needed`, `approval.device_refused`, `approval.channel_not_found` without web push.
 */
export async function addDevice(
  context: Adding,
  actor: Actor,
  input: z.input<typeof addDeviceInput>,
): Promise<readonly Device[]> {
  if (actor.kind !== 'person') throw new AppError('person.forbidden');
  // Whoever stole a session would otherwise read along from then on.
  requireFresh(actor);
  const { endpoint, keys, device } = addDeviceInput.parse(input);
  const channel = [...context.notices.channels.values()].find(({ kind }) => kind === 'web-push');
  if (channel === undefined) throw new AppError('approval.channel_not_found');
  if (channel.readAddress(endpoint) === undefined || !isPoint(keys.p256dh))
    throw new AppError('approval.device_refused');
  await context.store.transaction(async (tx) => {
    const now = context.platform.now();
    const digest = sha256(endpoint);
    await tx.sql.deleteFrom('push_subscriptions').where('endpoint_digest', '=', digest).execute();
    const held = await listDevices(tx.sql, actor.person);
    if (held.length >= mostDevices)
      throw new AppError('approval.device_refused', { detail: 'there are ten' });
    const kept = { endpoint, p256dh: keys.p256dh, auth: keys.auth };
    await tx.sql
      .insertInto('push_subscriptions')
      .values({
        ...{ id: context.platform.newId('psh'), person_id: actor.person, endpoint_digest: digest },
        ...{ sealed: context.masterKey.seal(JSON.stringify(kept), devicePurpose), device, created_at: now },
      })
      .execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'person.channel_changed', at: now, causes: [] },
      person: actor.person,
      body: { by: nameActor(actor), channel: channel.name, device: 'added' },
    });
  });
  return listDevices(context.store.sql, actor.person);
}

/** A point of P-256, as the encryption of RFC 8291 needs; any other would fail at every card. */
function isPoint(p256dh: string): boolean {
  try {
    ECDH.convertKey(p256dh.replace('=', ''), 'prime256v1', 'base64url', 'base64url', 'uncompressed');
    return Buffer.from(p256dh, 'base64url')[0] === 4;
  } catch {
    return false;
  }
}
