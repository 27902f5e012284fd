import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from '../context.ts';
import { useOnce } from '../plugins/database/use-once.ts';

/**
 * Challenges for passkeys. They carry their own proof of issue, so that asking for many costs no memory and pushes
 * nobody else's out; only those that were answered well are remembered, until they would have expired anyway.
 */
export interface Challenges {
  /** A new one, base64url; `holder` says what alone it may be answered for. */
  issue(holder: string): string;
  /** Whether this process, or another gateway of the database, issued it for this holder within its lifetime. */
  isIssued(challenge: string, holder: string): boolean;
  /** True once for each challenge: call it when the answer has been verified, before acting on it. */
  spend(challenge: string): Promise<boolean>;
}

const standardMilliseconds = 5 * 60_000;
const nonceBytes = 16;
const timeBytes = 6;
const length = nonceBytes + timeBytes + 32;

export function createChallenges(
  { platform, store, masterKey }: Pick<Context, 'masterKey' | 'platform' | 'store'>,
  lifetimeMilliseconds: number = standardMilliseconds,
): Challenges {
  // Whoever shares the database may be asked to verify what another gateway has asked for.
  const { isShared } = store.seat;
  const secret = isShared ? masterKey.derive('people.challenges') : platform.randomBytes(32);
  // In the order of spending.
  const spent = new Map<string, number>();
  const seal = (head: Uint8Array, holder: string): Buffer =>
    createHmac('sha256', secret).update(head).update(holder).digest();
  return {
    issue(holder) {
      const head = Buffer.alloc(nonceBytes + timeBytes);
      head.set(platform.randomBytes(nonceBytes));
      head.writeUIntBE(platform.now() + lifetimeMilliseconds, nonceBytes, timeBytes);
      return Buffer.concat([head, seal(head, holder)]).toString('base64url');
    },
    isIssued(challenge, holder) {
      const bytes = Buffer.from(challenge, 'base64url');
      // One spelling only, or the same challenge could be spent twice.
      if (bytes.length !== length || bytes.toString('base64url') !== challenge) return false;
      const head = bytes.subarray(0, nonceBytes + timeBytes);
      if (!timingSafeEqual(bytes.subarray(head.length), seal(head, holder))) return false;
      return platform.now() < head.readUIntBE(nonceBytes, timeBytes) && !spent.has(challenge);
    },
    async spend(challenge) {
      const now = platform.now();
      for (const [old, at] of spent) {
        if (now - at < lifetimeMilliseconds) break;
        spent.delete(old);
      }
      if (spent.has(challenge)) return false;
      spent.set(challenge, now);
      return !isShared || useOnce(store, `challenge ${challenge}`, now + lifetimeMilliseconds);
    },
  };
}
