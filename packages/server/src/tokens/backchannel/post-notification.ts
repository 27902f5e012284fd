import { type Dispatcher, request } from 'undici';
import { createSingleConnection } from '../../outbound/create-single-connection.ts';
import type { Lookup } from '../../outbound/guarded-connector.ts';
import { requireNotifiableUrl } from './notification-endpoint.ts';

export interface Notification {
  readonly url: string;
  /** What the agent gave us to prove ourselves with. */
  readonly token: string;
  readonly authReqId: string;
  readonly lookup?: Lookup;
}

/** `gone`: the other side said no, or led elsewhere, and would again. */
export type Delivery = 'delivered' | 'failed' | 'gone';

const timeoutMilliseconds = 5_000;

/**
 * Tells an agent that an answer is there (CIBA §10.2). It carries nothing but the request's id, which is worth nothing
 * without the client's assertion and key. No redirect is followed, the connection keeps the address that was checked,
 * and what comes back is not read.
 */
export async function postNotification(notification: Notification): Promise<Delivery> {
  let dispatcher: Dispatcher | undefined;
  try {
    const { url, isHere } = requireNotifiableUrl(notification.url);
    const { lookup } = notification;
    dispatcher = createSingleConnection({
      ...{ allowPrivate: isHere, timeoutMilliseconds },
      ...(lookup === undefined ? {} : { lookup }),
    });
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${notification.token}` },
      body: JSON.stringify({ auth_req_id: notification.authReqId }),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    // Cutting off what nobody reads is an error of the stream, and nobody else listens for it.
    body.once('error', () => undefined).destroy();
    if (statusCode >= 200 && statusCode < 300) return 'delivered';
    return statusCode >= 500 || statusCode === 429 ? 'failed' : 'gone';
  } catch {
    return 'failed';
  } finally {
    await dispatcher?.destroy();
  }
}
