import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { type Actor, nameActor } from '../../../people/index.ts';
import { idSchema } from '../../../wire/id-schema.ts';
import { isCode } from './proof-code.ts';
import { requireSelfOr } from './require-self-or.ts';
import { requirePersonal } from './set-channel.ts';
import { type PersonChannels, showChannels } from './show-channels.ts';

export const proveAddressInput = z.strictObject({
  personId: idSchema('per'),
  channel: z.string().min(1).max(32),
  code: z.string().regex(/^\d{6}$/),
});

const mostTries = 5;

/** Takes the code that was sent to an address; cards go there from now on. Throws `approval.code_refused`. */
export async function proveAddress(
  context: Pick<Context, 'config' | 'masterKey' | 'notices' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof proveAddressInput>,
): Promise<PersonChannels> {
  const { personId, channel, code } = proveAddressInput.parse(input);
  requireSelfOr(actor, personId, 'people.change');
  requirePersonal(context, channel);
  const isProven = await context.store.transaction(async (tx) => {
    const now = context.platform.now();
    const own = tx.sql
      .selectFrom('person_channels')
      .selectAll()
      .where('person_id', '=', personId)
      .where('channel', '=', channel);
    const row = await own.executeTakeFirst();
    const { address, code_digest, code_expires_at, code_tries = 0 } = row ?? {};
    if (address == null || code_digest == null || now >= (code_expires_at ?? 0) || code_tries >= mostTries)
      return false;
    const isRight = isCode(context.masterKey, { person_id: personId, channel, address, code }, code_digest);
    await tx.sql
      .updateTable('person_channels')
      .set(
        isRight
          ? { verified_at: now, code_digest: null, code_expires_at: null, changed_at: now }
          : { code_tries: code_tries + 1 },
      )
      .where('person_id', '=', personId)
      .where('channel', '=', channel)
      .execute();
    if (!isRight) return false;
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'person.channel_changed', at: now, causes: [] },
      person: personId,
      body: { by: nameActor(actor), channel, addressProven: true },
    });
    return true;
  });
  if (!isProven) throw new AppError('approval.code_refused');
  return showChannels(context, actor, personId);
}
