import { AppError, type ErrorCode } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';
import { createBoundedCache } from './bounded-cache.ts';

/** Where a request came from, and who it says it is; hostile, and of a bounded length. */
export interface Claim {
  /** Network address; requests without one are not limited. */
  readonly address: string | undefined;
  readonly client: string;
}

/** Keeps clients that cannot prove themselves from making the server work, and others from paying for it. */
export interface FailureLimit {
  /** Throws `server.rate_limited` when too many requests like this have failed within the minute. */
  check(claim: Claim): void;
  failed(claim: Claim): void;
  /** Who has proven itself from an address is not refused for what its neighbours do. */
  succeeded(claim: Claim): void;
}

const minuteMilliseconds = 60_000;
const mostKeys = 20_000;

export function createFailureLimit(
  platform: Pick<Platform, 'now'>,
  options: { readonly mostOfClient: number; readonly mostOfAddress: number },
): FailureLimit {
  const proven = createBoundedCache<true>(mostKeys);
  let minute = Number.NaN;
  let failures = new Map<string, number>();

  const count = (key: string): number => failures.get(key) ?? 0;
  const add = (key: string): void => {
    // Past the bound only addresses and clients that have failed before are counted: memory stays what it is.
    if (failures.has(key) || failures.size < mostKeys) failures.set(key, count(key) + 1);
  };
  const turn = (): number => {
    const now = platform.now();
    const current = Math.floor(now / minuteMilliseconds);
    if (current !== minute) {
      minute = current;
      failures = new Map();
    }
    return Math.ceil(((current + 1) * minuteMilliseconds - now) / 1000);
  };

  return {
    check({ address, client }) {
      if (address === undefined) return;
      const seconds = turn();
      const pair = `${address} ${client}`;
      const isOver =
        count(pair) >= options.mostOfClient ||
        (count(address) >= options.mostOfAddress && proven.get(pair) === undefined);
      if (isOver) {
        const headers = { 'retry-after': String(seconds) };
        throw new AppError('server.rate_limited', { detail: 'failed token requests', headers });
      }
    },
    failed({ address, client }) {
      if (address === undefined) return;
      turn();
      add(address);
      add(`${address} ${client}`);
    },
    succeeded({ address, client }) {
      if (address !== undefined) proven.set(`${address} ${client}`, true);
    },
  };
}

const harmless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'server.rate_limited',
  'token.authorization_pending',
  'token.proof_nonce_needed',
  'token.slow_down',
]);

/** Whether a refusal says that somebody may be trying something. */
export function isFailure(error: AppError): boolean {
  return !harmless.has(error.code) && error.entry.status < 500;
}
