import { AppError } from '@countersign/api';
import type { Hold, Stops } from '../../signals/index.ts';

/** The revoked tokens that would not have expired yet. */
export interface RevokedTokens {
  has(jti: string): boolean;
  /** From now on it is refused, and its calls in flight are cut: returns their action ids. */
  add(jti: string, expiresAt: number): readonly string[];
  /** Lets go of what has expired by itself. */
  prune(now: number): void;
  readonly size: number;
}

export function createRevokedTokens(stops: Pick<Stops, 'hold'>): RevokedTokens {
  const revoked = new Map<string, { readonly expiresAt: number; readonly hold: Hold }>();
  return {
    has: (jti) => revoked.has(jti),
    add(jti, expiresAt) {
      if (revoked.has(jti)) return [];
      // A hold, not only a mark: a call that was let in just before is cut, and one on its way in finds it.
      const hold = stops.hold('token', jti, new AppError('token.revoked'));
      revoked.set(jti, { expiresAt, hold });
      return hold.cut;
    },
    prune(now) {
      for (const [jti, { expiresAt, hold }] of revoked) {
        if (expiresAt > now) continue;
        hold.release();
        revoked.delete(jti);
      }
    },
    get size() {
      return revoked.size;
    },
  };
}
