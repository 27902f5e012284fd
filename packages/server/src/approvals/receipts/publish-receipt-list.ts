import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { AppError } from '@countersign/api';
import { SignJWT } from 'jose';
import type { Context } from '../../context.ts';
import { listSize } from './receipt-lists.ts';
import { receiptListUrl } from './receipt-urls.ts';

const compress = promisify(deflate);
/** For how long a list may be kept; an approval that is taken back shows after that at the latest. */
export const ttlSeconds = 60;
const listName = /^\d{1,9}$/;
const invalid = 1;

type Publishing = Pick<Context, 'platform' | 'receipts' | 'store'>;

/** Makes the signed status lists of receipts (Token Status List §5.1) as they are asked for, at most once in ten seconds. */
export function createReceiptListPublisher(context: Publishing): (list: string) => Promise<string> {
  const made = new Map<string, { readonly at: number; readonly token: Promise<string> }>();
  return (list) => {
    const now = context.platform.now();
    const last = made.get(list);
    if (last !== undefined && now >= last.at && now - last.at < makeMilliseconds) return last.token;
    const token = publish(context, list);
    if (made.size >= mostMade) made.clear();
    made.set(list, { at: now, token });
    // What failed is tried again by the next who asks.
    token.catch(() => made.delete(list));
    return token;
  };
}

const makeMilliseconds = 10_000;
const mostMade = 64;

async function publish(context: Publishing, list: string): Promise<string> {
  if (!listName.test(list)) throw new AppError('server.not_found');
  const rows = await context.store.sql
    .selectFrom('approval_receipts')
    .innerJoin('approvals', 'approvals.id', 'approval_receipts.approval_id')
    .leftJoin('approval_grants', 'approval_grants.approval_id', 'approvals.id')
    .select(['idx', 'outcome', 'approvals.state', 'given_at', 'ended_at', 'end_reason'])
    .where('list', '=', list)
    .execute();
  if (rows.length === 0) throw new AppError('server.not_found');
  const bytes = new Uint8Array(listSize / 8);
  for (const row of rows) {
    if (stands(row)) continue;
    const { idx } = row;
    const at = Math.floor(idx / 8);
    bytes[at] = (bytes[at] ?? 0) | (invalid << (idx % 8));
  }
  const lst = (await compress(bytes, { level: 9 })).toString('base64url');
  const { current, issuer } = context.receipts;
  const now = Math.floor(context.platform.now() / 1000);
  return new SignJWT({ ttl: ttlSeconds, status_list: { bits: 1, lst } })
    .setProtectedHeader({ alg: 'ES256', typ: 'statuslist+jwt', kid: current.kid })
    .setSubject(receiptListUrl(issuer, list))
    .setIssuer(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + 2 * ttlSeconds)
    .sign(current.privateKey);
}

/** A no stays a no. A yes stands while it can still be used, and for good once it was; a grant until somebody ended it. */
function stands(row: {
  readonly outcome: 'approved' | 'denied';
  readonly state: string;
  readonly given_at: number | null;
  readonly ended_at: number | null;
  readonly end_reason: string | null;
}): boolean {
  if (row.outcome === 'denied') return true;
  const isOpen = row.state === 'approved' || row.state === 'released';
  if (row.given_at === null) return isOpen;
  const wasEnded = row.ended_at !== null && row.end_reason !== 'task.ended';
  // What a grant lets through beside the call that was shown does not end with that call.
  return !wasEnded && (isOpen || row.state === 'expired');
}
