import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { UniqueViolation } from '../../plugins/database/database.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { listAllReceivers, type Receiver, receiverSettings } from './receiver.ts';
import { removeStream } from './stream.ts';

export const addReceiverInput = receiverSettings.extend({ name: plainLine(100) });
export const removeReceiverInput = z.strictObject({ id: idSchema('evr') });

type Changing = Pick<Context, 'platform' | 'store'>;

const tokenBytes = 32;

export interface AddedReceiver extends Receiver {
  /** Told here and never again: only its digest is kept. */
  readonly token: string;
}

/** Lets a program be told of security events. Throws `signal.receiver_exists`. */
export async function addReceiver(
  { platform, store }: Changing,
  actor: Actor,
  input: z.input<typeof addReceiverInput>,
): Promise<AddedReceiver> {
  requirePermission(actor, 'signals.change_receivers');
  const { name, ...settings } = addReceiverInput.parse(input);
  const id = platform.newId('evr');
  const token = `cse_${id}_${Buffer.from(platform.randomBytes(tokenBytes)).toString('base64url')}`;
  const record = platform.newId('rec');
  const [createdAt, createdBy] = [platform.now(), nameActor(actor)];
  try {
    await store.transaction(async (tx) => {
      await tx.sql
        .insertInto('signal_receivers')
        .values({
          ...{ id, name, record, token_digest: sha256(token), settings: JSON.stringify(settings) },
          ...{ created_at: createdAt, created_by: createdBy },
        })
        .execute();
      tx.record({
        id: record,
        kind: 'signal.receiver_added',
        at: createdAt,
        causes: [],
        ...(actor.kind === 'person' ? { person: actor.person } : {}),
        body: { by: createdBy, receiver: id, name, ...settings },
      });
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('signal.receiver_exists') : thrown;
  }
  return { ...settings, id, name, createdAt, createdBy, record, token };
}

export async function listReceivers({ store }: Changing, actor: Actor): Promise<readonly Receiver[]> {
  requirePermission(actor, 'signals.read_receivers');
  return listAllReceivers(store.sql);
}

/** Its token is worth nothing from now on, and its streams are gone. Throws `signal.receiver_not_found`. */
export async function removeReceiver(
  { platform, store }: Changing,
  actor: Actor,
  input: unknown,
): Promise<void> {
  requirePermission(actor, 'signals.change_receivers');
  const { id } = removeReceiverInput.parse(input);
  await store.transaction(async (tx) => {
    const [removed] = await tx.sql
      .deleteFrom('signal_receivers')
      .where('id', '=', id)
      .returning(['name', 'record'])
      .execute();
    if (removed === undefined) throw new AppError('signal.receiver_not_found');
    const streams = await tx.sql
      .selectFrom('signal_streams')
      .select('id')
      .where('receiver_id', '=', id)
      .execute();
    for (const stream of streams) await removeStream(tx, stream.id);
    tx.record({
      id: platform.newId('rec'),
      kind: 'signal.receiver_removed',
      at: platform.now(),
      causes: [removed.record],
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: { by: nameActor(actor), receiver: id, name: removed.name, streams: streams.length },
    });
  });
}
