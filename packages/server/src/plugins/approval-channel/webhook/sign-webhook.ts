import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** The key in a secret of Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. Undefined when it is none. */
export function readWebhookKey(secret: string): Uint8Array | undefined {
  const text = secret.trim();
  if (!text.startsWith(prefix)) return undefined;
  const encoded = text.slice(prefix.length);
  const key = Buffer.from(encoded, 'base64');
  const isExact = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  return isExact && key.length >= 24 && key.length <= 64 ? new Uint8Array(key) : undefined;
}

export interface SignedContent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly body: string;
}

/**
 * Headers of the Standard Webhooks specification: HMAC-SHA256 over `id.timestamp.body`, one signature for each key, so that
 * a receiver verifies with the old key or the new one while it is changed.
 */
export function signWebhook(
  { id, at, body }: SignedContent,
  keys: readonly Uint8Array[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
