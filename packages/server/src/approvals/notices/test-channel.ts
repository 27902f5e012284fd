import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Actor, getPerson, requirePermission } from '../../people/index.ts';
import { findAddress } from './find-targets.ts';
import { readPreferences, requireSelfOr, showAtOnce } from './preferences/index.ts';

export interface TestCard {
  readonly channel: string;
  /** Whom it is for; of a place nobody in particular. */
  readonly personId?: string;
}

/**
 * Sends a card that asks for nothing, at once, to see that a channel works. Throws `approval.channel_not_found`,
 * `approval.channel_failed`, and `approval.address_refused` for a person without a proven address.
 */
export async function testChannel(
  context: Pick<Context, 'config' | 'notices' | 'platform' | 'store'>,
  actor: Actor,
  { channel: name, personId }: TestCard,
): Promise<void> {
  const channel = context.notices.channels.get(name);
  if (channel === undefined) throw new AppError('approval.channel_not_found');
  const shown = {
    about: 'test',
    sentence: 'This is what a request looks like here',
    status: 'A test: nothing waits for you',
  } as const;
  if (channel.reach === 'place') {
    requirePermission(actor, 'approvals.test_channels');
    return showAtOnce(context, channel, null, shown);
  }
  const to = personId ?? (actor.kind === 'person' ? actor.person : undefined);
  if (to === undefined) throw new AppError('server.request_invalid', { detail: 'name a person' });
  requireSelfOr(actor, to, 'approvals.test_channels');
  const person = await getPerson(context.store, to);
  const own = (await readPreferences(context, [to])).find((one) => one.channel === name);
  const address = channel.addresses === 'none' ? null : findAddress(context, channel, person, own);
  if (address === undefined)
    throw new AppError('approval.address_refused', { detail: 'no address is proven' });
  await showAtOnce(context, channel, { personId: to, address }, shown);
}
