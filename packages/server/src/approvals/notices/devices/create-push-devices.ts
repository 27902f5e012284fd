import { generateKeyPairSync } from 'node:crypto';
import type { Context } from '../../../context.ts';
import type { PushDevice, VapidKey } from '../../../plugins/approval-channel/push-device.ts';

export interface PushDevices {
  /** The key that browsers know this server by (RFC 8292); made once, kept sealed. */
  readKey(): Promise<VapidKey>;
  listDevices(personId: string): Promise<readonly PushDevice[]>;
  removeDevice(deviceId: string): Promise<void>;
}

type Parts = Pick<Context, 'masterKey' | 'platform' | 'store'>;

const keyName = 'vapid';
const keyPurpose = 'channel key vapid';
export const devicePurpose = 'push subscription';

/** What web push needs to know. Endpoints and keys are kept sealed: whoever has them can write to the devices. */
export function createPushDevices(parts: Parts): PushDevices {
  const { store, masterKey } = parts;
  let key: Promise<VapidKey> | undefined;
  return {
    readKey() {
      key ??= readKey(parts).catch((thrown: unknown) => {
        key = undefined;
        throw thrown;
      });
      return key;
    },
    async listDevices(personId) {
      const rows = await store.sql
        .selectFrom('push_subscriptions')
        .select(['id', 'sealed'])
        .where('person_id', '=', personId)
        .execute();
      return rows.map(({ id, sealed }) => {
        const kept: Omit<PushDevice, 'id'> = JSON.parse(masterKey.open(sealed, devicePurpose));
        return { id, ...kept };
      });
    },
    async removeDevice(deviceId) {
      await store.sql.deleteFrom('push_subscriptions').where('id', '=', deviceId).execute();
    },
  };
}

/** Two processes that start at once end with one key: the first that was written. */
async function readKey({ store, masterKey, platform }: Parts): Promise<VapidKey> {
  return store.transaction(async (tx) => {
    const kept = await tx.sql
      .selectFrom('channel_keys')
      .selectAll()
      .where('name', '=', keyName)
      .executeTakeFirst();
    if (kept !== undefined)
      return { publicKey: kept.public_part, privateKey: masterKey.open(kept.sealed, keyPurpose) };
    const made = makeKey();
    await tx.sql
      .insertInto('channel_keys')
      .values({
        ...{ name: keyName, public_part: made.publicKey },
        ...{ sealed: masterKey.seal(made.privateKey, keyPurpose), created_at: platform.now() },
      })
      .execute();
    return made;
  });
}

/** As browsers and RFC 8292 write it: the uncompressed point, and the scalar. */
function makeKey(): VapidKey {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { publicKey: point.toString('base64url'), privateKey: d };
}
