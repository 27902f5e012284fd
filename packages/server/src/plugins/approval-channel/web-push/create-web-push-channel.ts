import { createHash } from 'node:crypto';
import webPush from 'web-push';
import type { Lookup } from '../../../outbound/guarded-connector.ts';
import { type BoundedAnswer, describeFailure, postBounded } from '../../../outbound/post-bounded.ts';
import type { ApprovalChannel, Card, Delivery, Outcome } from '../approval-channel.ts';
import type { PushDevice, VapidKey } from '../push-device.ts';
import { readPushEndpoint } from './push-services.ts';

export interface WebPushParts {
  readonly name: string;
  /** `mailto:` or `https:` (RFC 8292 §2.1). */
  readonly contact: string;
  readonly services: readonly string[];
  readKey(): Promise<VapidKey>;
  listDevices(personId: string): Promise<readonly PushDevice[]>;
  /** The push service says that it is gone. */
  removeDevice(deviceId: string): Promise<void>;
  readonly lookup?: Lookup;
}

const longestTtlSeconds = 86_400;
const shortestTtlSeconds = 60;

/**
 * Writes to each browser of a person (RFC 8030, 8291, 8292). The payload is encrypted for that browser alone and says
 * what a lock screen may show: no match code, no value. A later card takes the place of the one before.
 */
export function createWebPushChannel(parts: WebPushParts): ApprovalChannel {
  return {
    ...{ name: parts.name, kind: 'web-push', reach: 'person', addresses: 'none', shows: 'what-matters' },
    // Of a browser: the endpoint that its push service gave it.
    readAddress: (text) => readPushEndpoint(text, parts.services)?.url.href,
    deliver: (delivery) => deliver(parts, delivery),
    async close() {},
  };
}

async function deliver(parts: WebPushParts, delivery: Delivery): Promise<Outcome> {
  if (delivery.to === null) return { outcome: 'refused', why: 'a device is of a person' };
  const devices = await parts.listDevices(delivery.to.personId);
  if (devices.length === 0) return { outcome: 'refused', why: 'there is no device' };
  const key = await parts.readKey();
  // Which browsers have this revision: one that is slow does not make the others ring again.
  const told = new Map(Object.entries(readHandle(delivery.handle)));
  const results = await Promise.all(
    devices.map(async (device) => {
      if (told.get(device.id) === delivery.id) return undefined;
      const result = await push(parts, key, device, delivery);
      if (result === 'told') told.set(device.id, delivery.id);
      if (result === 'gone') await parts.removeDevice(device.id);
      return typeof result === 'string' ? undefined : result;
    }),
  );
  const known = new Set(devices.map(({ id }) => id));
  const handle = JSON.stringify(Object.fromEntries([...told].filter(([id]) => known.has(id))));
  const failed = results.filter((result) => result !== undefined);
  const [first] = failed;
  if (first === undefined) {
    const isTold = [...told.values()].includes(delivery.id);
    return isTold ? { outcome: 'delivered', handle } : { outcome: 'refused', why: 'no device is left' };
  }
  const waits = failed.flatMap(({ retryAfterMilliseconds }) => retryAfterMilliseconds ?? []);
  return {
    ...{ outcome: 'failed', why: first.why, handle },
    ...(waits.length === 0 ? {} : { retryAfterMilliseconds: Math.max(...waits) }),
  };
}

type PushResult = 'told' | 'gone' | { readonly why: string; readonly retryAfterMilliseconds?: number };

async function push(
  parts: WebPushParts,
  key: VapidKey,
  device: PushDevice,
  { card, at, signal }: Delivery,
): Promise<PushResult> {
  const endpoint = readPushEndpoint(device.endpoint, parts.services);
  // The operator has taken its service off the list.
  if (endpoint === undefined) return 'gone';
  try {
    const { headers, body } = webPush.generateRequestDetails(
      { endpoint: device.endpoint, keys: { p256dh: device.p256dh, auth: device.auth } },
      JSON.stringify(describePush(card)),
      {
        vapidDetails: { subject: parts.contact, ...key },
        TTL: chooseTtl(card, at),
        urgency: card.isUrgent ? 'high' : 'normal',
        topic: createHash('sha256').update(card.id).digest('base64url').slice(0, 32),
      },
    );
    return judge(
      await postBounded({
        ...{ url: endpoint.url, allowPrivate: endpoint.allowPrivate, signal, body: body ?? '' },
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        ...(parts.lookup === undefined ? {} : { lookup: parts.lookup }),
      }),
    );
  } catch (thrown) {
    return { why: describeFailure(thrown).why };
  }
}

/** RFC 8030 §5, §7.3: a subscription that is gone stays gone. */
function judge({ status, retryAfterMilliseconds }: BoundedAnswer): PushResult {
  if (status >= 200 && status < 300) return 'told';
  if (status === 404 || status === 410) return 'gone';
  return {
    why: `the answer was ${status}`,
    ...(retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }),
  };
}

/** What `push-worker.js` reads; far below the 4 KB that services take. */
export function describePush({ id, sentence, status, link, isFinal, isUrgent }: Card) {
  return {
    tag: id,
    title: sentence,
    body: status,
    path: new URL(link).pathname,
    final: isFinal,
    urgent: isUrgent,
  };
}

/** Nobody needs to hear of a request that is over. */
function chooseTtl({ deadline, isFinal }: Card, at: number): number {
  if (isFinal || deadline === null) return longestTtlSeconds;
  const seconds = Math.ceil((deadline - at) / 1000);
  return Math.min(Math.max(seconds, shortestTtlSeconds), longestTtlSeconds);
}

function readHandle(handle: string | null): Readonly<Record<string, string>> {
  return handle === null ? {} : JSON.parse(handle);
}
