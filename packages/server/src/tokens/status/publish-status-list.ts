import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { AppError } from '@countersign/api';
import { SignJWT } from 'jose';
import type { Context } from '../../context.ts';
import { createBoundedCache } from '../bounded-cache.ts';
import { readStatuses, type TokenStatus } from './read-statuses.ts';
import { statusListUrl } from './status-list-url.ts';
import { listSize } from './status-lists.ts';

/** Token Status List §5.1, and for how long it may be kept. */
export interface PublishedList {
  readonly token: string;
  readonly ttlSeconds: number;
}

const bits = 2;
const perByte = 8 / bits;
const values: Readonly<Record<TokenStatus, number>> = { valid: 0, invalid: 1, suspended: 2 };
/** However often it is asked for, a list is made anew no more often than this. */
const makeMilliseconds = 250;
const compress = promisify(deflate);

/** Makes the signed status lists as they are asked for, each at most four times a second, compressed in the thread pool. */
export function createListPublisher(context: Context): (list: string) => Promise<PublishedList> {
  const made = createBoundedCache<{ readonly at: number; readonly published: Promise<PublishedList> }>(256);
  const { statusLists } = context.tokens;
  const learn = seldom(context.platform, () => context.tokens.learnListed());
  return async (list) => {
    const { isShared } = context.store.seat;
    // Whoever asks for what never was costs no question to the database while there is no other gateway.
    if (!isShared && statusLists.find(list) === undefined) throw new AppError('server.not_found');
    const now = context.platform.now();
    const last = made.get(list);
    if (last !== undefined && now >= last.at && now - last.at < makeMilliseconds) return last.published;
    const published = publish(context, list, learn);
    made.set(list, { at: now, published });
    // What failed is tried again by the next who asks.
    published.catch(() => made.delete(list));
    return published;
  };
}

async function publish(context: Context, list: string, learn: () => Promise<void>): Promise<PublishedList> {
  const { statusLists } = context.tokens;
  // Another gateway may be filling it.
  if (!statusLists.isOwn(list)) await learn();
  const tokens = statusLists.find(list);
  if (tokens === undefined) throw new AppError('server.not_found');
  const places = [...tokens];
  const statuses = await readStatuses(
    context,
    places.map(([, token]) => token),
  );
  const bytes = new Uint8Array(listSize / perByte);
  for (const [idx, { jti }] of places) {
    const at = Math.floor(idx / perByte);
    bytes[at] = (bytes[at] ?? 0) | (values[statuses.get(jti) ?? 'invalid'] << ((idx % perByte) * bits));
  }
  const lst = (await compress(bytes, { level: 9 })).toString('base64url');
  const { signingKeys, issuer } = context.tokens;
  const key = signingKeys.current();
  const ttlSeconds = context.config.tokens.statusFreshnessSeconds;
  const now = Math.floor(context.platform.now() / 1000);
  const token = await new SignJWT({ ttl: ttlSeconds, status_list: { bits, lst } })
    .setProtectedHeader({ alg: 'ES256', typ: 'statuslist+jwt', kid: key.kid })
    .setSubject(statusListUrl(issuer, list))
    .setIssuer(issuer)
    .setIssuedAt(now)
    // Whoever cannot get a newer one must not go on believing this one.
    .setExpirationTime(now + 2 * ttlSeconds)
    .sign(key.privateKey);
  return { token, ttlSeconds };
}

/** However many ask, and for whatever: what others have issued is read as often as a list is made; whoever asks in between waits. */
function seldom({ now }: Context['platform'], learn: () => Promise<void>): () => Promise<void> {
  let learnedAt = Number.NEGATIVE_INFINITY;
  let next: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    const wait = Math.min(makeMilliseconds, learnedAt + makeMilliseconds - now());
    if (wait > 0) await sleep(wait);
    learnedAt = now();
    next = undefined;
    await learn();
  };
  return () => {
    next ??= run();
    return next;
  };
}
