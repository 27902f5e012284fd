import { AppError } from '@countersign/api';
import type { Context } from '../../../context.ts';
import type { ApprovalChannel, Card, Delivery } from '../../../plugins/approval-channel/approval-channel.ts';

type Sending = Pick<Context, 'config' | 'platform'>;

const attemptMilliseconds = 15_000;

/** Sends the code that proves an address. Throws `approval.channel_failed`. */
export async function sendCode(
  context: Sending,
  channel: ApprovalChannel,
  to: { readonly personId: string; readonly address: string; readonly code: string },
): Promise<void> {
  await showAtOnce(context, channel, to, {
    about: 'code',
    sentence: `${to.code} is your code for Countersign`,
    status:
      'It proves that this address is yours and is good for a quarter of an hour. Nobody will ask you for it',
  });
}

/** Shows a card that is not owed to anybody, and says what came of it. Throws `approval.channel_failed`. */
export async function showAtOnce(
  { platform, config }: Sending,
  channel: ApprovalChannel,
  to: Delivery['to'],
  shown: Pick<Card, 'about' | 'sentence' | 'status'>,
): Promise<void> {
  const id = platform.newId('crd');
  const outcome = await channel.deliver({
    id: `${id}.1`,
    card: {
      ...{
        id,
        ...shown,
        state: 'told',
        isFinal: true,
        isUrgent: true,
        link: `${config.server.publicUrl}/approvals`,
      },
      ...{ deadline: null, matchCode: null, approvalId: null, news: shown.about },
    },
    ...{ to, handle: null, isRepeat: false, at: platform.now() },
    signal: AbortSignal.timeout(attemptMilliseconds),
  });
  if (outcome.outcome !== 'delivered') throw new AppError('approval.channel_failed', { detail: outcome.why });
}
