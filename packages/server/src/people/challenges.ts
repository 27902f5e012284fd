import type { Platform } from '../platform/platform.ts';

/** Challenges that were handed to browsers and not answered yet, in this process's memory. */
export interface Challenges {
  /** A new one, base64url of 32 bytes; `holder` says who alone may answer it. */
  issue(holder: string): string;
  /** True once for each challenge, for its own holder, within 5 minutes. */
  take(challenge: string, holder: string): boolean;
}

const lifetimeMilliseconds = 5 * 60_000;
const mostWaiting = 10_000;

export function createChallenges(platform: Pick<Platform, 'now' | 'randomBytes'>): Challenges {
  // In the order of issue, so that the first is always the oldest.
  const waiting = new Map<string, { readonly holder: string; readonly expiresAt: number }>();
  const forgetOldest = (now: number): void => {
    for (const [challenge, { expiresAt }] of waiting) {
      if (waiting.size < mostWaiting && now < expiresAt) return;
      waiting.delete(challenge);
    }
  };
  return {
    issue(holder) {
      const now = platform.now();
      forgetOldest(now);
      const challenge = Buffer.from(platform.randomBytes(32)).toString('base64url');
      waiting.set(challenge, { holder, expiresAt: now + lifetimeMilliseconds });
      return challenge;
    },
    take(challenge, holder) {
      const found = waiting.get(challenge);
      waiting.delete(challenge);
      return found !== undefined && found.holder === holder && platform.now() < found.expiresAt;
    },
  };
}
