import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { notificationPurpose, secretPurpose } from './keep-ask.ts';
import { findNotificationEndpoint } from './notification-endpoint.ts';
import { type Notification, postNotification } from './post-notification.ts';

const atOnce = 20;
const mostAttempts = 4;
const firstPauseMilliseconds = 2_000;
const pauseMilliseconds = 500;

type AskRow = Selectable<Schema['backchannel_asks']>;

/**
 * Tells agents whose people have answered, from what is durable: an answer that is not on disk is never announced. An
 * attempt is counted before it is made, so that a crash does not repeat it for ever. Returns when to look again.
 */
export async function notifyAgents(
  context: Context,
  lookup?: NonNullable<Notification['lookup']>,
): Promise<number> {
  const now = context.platform.now();
  const due = await context.store.sql
    .selectFrom('backchannel_asks')
    .innerJoin('approvals', 'approvals.id', 'backchannel_asks.approval_id')
    .selectAll('backchannel_asks')
    .where('notify_after', '<=', now)
    .where('approvals.state', '!=', 'requested')
    .orderBy('notify_after')
    .limit(atOnce)
    .execute();
  await Promise.all(due.map((ask) => notify(context, ask, lookup)));
  return context.platform.now() + pauseMilliseconds;
}

async function notify(context: Context, ask: AskRow, lookup: Notification['lookup']): Promise<void> {
  const attempts = ask.notify_attempts + 1;
  const pause = firstPauseMilliseconds * 4 ** ask.notify_attempts;
  const claimed = await context.store.sql
    .updateTable('backchannel_asks')
    .set({
      notify_attempts: attempts,
      notify_after: attempts >= mostAttempts ? null : context.platform.now() + pause,
    })
    .where('id', '=', ask.id)
    .where('notify_attempts', '=', ask.notify_attempts)
    .executeTakeFirst();
  if (claimed.numUpdatedRows !== 1n) return;
  const url = await findNotificationEndpoint(context.store.sql, ask.agent_id);
  const { sealed_notification: token, sealed_secret: secret } = ask;
  const delivery =
    // Fetched already, or its agent polls by now.
    url === undefined || token === null || secret === null
      ? 'gone'
      : await postNotification({
          url,
          token: context.masterKey.open(token, notificationPurpose),
          authReqId: context.masterKey.open(secret, secretPurpose),
          ...(lookup === undefined ? {} : { lookup }),
        });
  if (delivery !== 'delivered') {
    context.log.warn({ agent: ask.agent_id, attempts, delivery }, 'an agent could not be notified');
  }
  if (delivery === 'failed' && attempts < mostAttempts) return;
  await context.store.sql
    .updateTable('backchannel_asks')
    .set({ notify_after: null, sealed_notification: null })
    .where('id', '=', ask.id)
    .execute();
}
