import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { type Actor, getPerson, nameActor, requireFresh } from '../../../people/index.ts';
import type { ApprovalChannel } from '../../../plugins/approval-channel/approval-channel.ts';
import { idSchema } from '../../../wire/id-schema.ts';
import { drawCode, sealCode } from './proof-code.ts';
import { requireSelfOr } from './require-self-or.ts';
import { sendCode } from './send-code.ts';
import { type PersonChannels, showChannels } from './show-channels.ts';

export const setChannelInput = z.strictObject({
  personId: idSchema('per'),
  channel: z.string().min(1).max(32),
  on: z.boolean().optional(),
  /** A mailbox, or the id of a member of a chat; a code is sent there that proves it. */
  address: z.string().min(1).max(254).optional(),
});

type Setting = Pick<Context, 'config' | 'masterKey' | 'notices' | 'platform' | 'store'>;

const codeMilliseconds = 15 * 60_000;
/** A code is asked for no more often than this, so that nobody's mailbox is filled with them. */
const betweenCodesMilliseconds = 60_000;

/**
 * Turns a channel on or off for a person, or names an address, to which a code is sent: nothing else goes there before it
 * came back. Throws `approval.channel_not_found`, `approval.address_refused`, `approval.channel_failed`,
 * `server.rate_limited`, `person.not_found`, `person.forbidden`, and `person.passkey_needed` for an address.
 */
export async function setChannel(
  context: Setting,
  actor: Actor,
  input: z.input<typeof setChannelInput>,
): Promise<PersonChannels> {
  const wanted = setChannelInput.parse(input);
  requireSelfOr(actor, wanted.personId, 'people.change');
  if (wanted.address !== undefined) requireFresh(actor);
  const channel = requirePersonal(context, wanted.channel);
  const address = wanted.address === undefined ? undefined : readAddress(channel, wanted.address);
  const code = address === undefined ? undefined : drawCode(context.platform);
  await context.store.transaction(async (tx) => {
    const now = context.platform.now();
    await getPerson(tx, wanted.personId);
    const where = { person_id: wanted.personId, channel: channel.name };
    const before = await tx.sql
      .selectFrom('person_channels')
      .selectAll()
      .where('person_id', '=', where.person_id)
      .where('channel', '=', where.channel)
      .executeTakeFirst();
    const lastCode = (before?.code_expires_at ?? 0) - codeMilliseconds;
    if (code !== undefined && now < lastCode + betweenCodesMilliseconds)
      throw new AppError('server.rate_limited');
    await tx.sql
      .deleteFrom('person_channels')
      .where('person_id', '=', where.person_id)
      .where('channel', '=', where.channel)
      .execute();
    await tx.sql
      .insertInto('person_channels')
      .values({
        ...where,
        is_on: (wanted.on ?? (before === undefined || before.is_on === 1)) ? 1 : 0,
        ...(address === undefined || code === undefined
          ? {
              ...{ address: before?.address ?? null, verified_at: before?.verified_at ?? null },
              ...{
                code_digest: before?.code_digest ?? null,
                code_expires_at: before?.code_expires_at ?? null,
              },
              code_tries: before?.code_tries ?? 0,
            }
          : {
              ...{ address, verified_at: null, code_tries: 0, code_expires_at: now + codeMilliseconds },
              code_digest: sealCode(context.masterKey, { ...where, address, code }),
            }),
        changed_at: now,
      })
      .execute();
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'person.channel_changed', at: now, causes: [] },
      person: wanted.personId,
      body: {
        ...{ by: nameActor(actor), channel: channel.name },
        ...(wanted.on === undefined ? {} : { on: wanted.on }),
        ...(address === undefined ? {} : { addressChanged: true }),
      },
    });
  });
  if (address !== undefined && code !== undefined)
    await sendCode(context, channel, { personId: wanted.personId, address, code });
  return showChannels(context, actor, wanted.personId);
}

/** Throws `approval.channel_not_found` for what is none of a person: the inbox has nothing to set, a place is everybody's. */
export function requirePersonal({ notices }: Pick<Context, 'notices'>, name: string): ApprovalChannel {
  const channel = notices.channels.get(name);
  if (channel === undefined || channel.reach !== 'person' || channel.kind === 'inbox')
    throw new AppError('approval.channel_not_found');
  return channel;
}

function readAddress(channel: ApprovalChannel, text: string): string {
  const address = channel.addresses === 'proven' ? channel.readAddress(text) : undefined;
  if (address === undefined) throw new AppError('approval.address_refused');
  return address;
}
