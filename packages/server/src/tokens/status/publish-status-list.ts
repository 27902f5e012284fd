import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { AppError } from '@countersign/api';
import { SignJWT } from 'jose';
import type { Context } from '../../context.ts';
import { createBoundedCache } from '../bounded-cache.ts';
import { readStatuses, type TokenStatus } from './read-statuses.ts';
import { statusListUrl } from './status-list-url.ts';
import { type ListedToken, listSize } from './status-lists.ts';

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
  return (list) => {
    const tokens = context.tokens.statusLists.find(list);
    if (tokens === undefined) throw new AppError('server.not_found');
    const now = context.platform.now();
    const last = made.get(list);
    if (last !== undefined && now >= last.at && now - last.at < makeMilliseconds) return last.published;
    const published = publish(context, list, tokens);
    made.set(list, { at: now, published });
    // What failed is tried again by the next who asks.
    published.catch(() => made.delete(list));
    return published;
  };
}

async function publish(
  context: Context,
  list: string,
  tokens: ReadonlyMap<number, ListedToken>,
): Promise<PublishedList> {
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
