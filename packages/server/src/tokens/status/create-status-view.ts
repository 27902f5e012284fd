import { AppError } from '@countersign/api';
import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import type { RevokedTokens } from './revoked-tokens.ts';
import type { StatusSubject, StatusView } from './status-view.ts';

export interface ConfirmedStatusView extends StatusView {
  /** Asks the store what was revoked, here or by another process; done often enough that `isHonoured` stays true. */
  confirm(): Promise<void>;
  /** Throws `token.status_unknown` unless the store has answered within the freshness, or does so now. */
  requireConfirmed(): Promise<void>;
}

const patienceMilliseconds = 2_000;
/** Rows of another process are timed by its clock, and may be committed after later ones. */
const overlapMilliseconds = 60_000;

/**
 * Status is known while the store answers: a question through its writer, because a writer that is gone could not have
 * told us of a revocation either. When it does not answer, tokens older than the freshness are refused.
 */
export function createStatusView(parts: {
  readonly store: Pick<Store, 'transaction'>;
  readonly platform: Pick<Platform, 'now'>;
  readonly revoked: RevokedTokens;
  readonly freshnessSeconds: number;
}): ConfirmedStatusView {
  const { store, platform, revoked } = parts;
  const freshness = parts.freshnessSeconds * 1000;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  // A clock that was set back makes everything unknown rather than fresh.
  const isWithin = (at: number, now: number): boolean => now >= at && now - at <= freshness;

  const ask = async (): Promise<void> => {
    const askedAt = platform.now();
    const rows = await store.transaction((tx) =>
      tx.sql
        .selectFrom('token_revocations')
        .select(['jti', 'expires_at'])
        .where('revoked_at', '>=', Math.max(0, confirmedAt - overlapMilliseconds))
        .where('expires_at', '>', askedAt)
        .execute(),
    );
    for (const { jti, expires_at } of rows) revoked.add(jti, expires_at);
    confirmedAt = askedAt;
    revoked.prune(askedAt);
  };

  const confirm = (): Promise<void> => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  const requireConfirmed = async (): Promise<void> => {
    if (isWithin(confirmedAt, platform.now())) return;
    await withPatience(confirm());
  };

  return {
    confirm,
    requireConfirmed,
    isHonoured({ jti, issuedAt }: StatusSubject) {
      if (revoked.has(jti)) return false;
      const now = platform.now();
      // Its issue was itself an answer of the store.
      return isWithin(confirmedAt, now) || isWithin(issuedAt, now);
    },
    async requireHonoured(token) {
      if (!revoked.has(token.jti) && !isWithin(token.issuedAt, platform.now())) await requireConfirmed();
      if (revoked.has(token.jti)) throw new AppError('token.revoked');
    },
  };
}

/** Whoever asks waits no longer than this, whatever became of the store. */
async function withPatience(confirmed: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the store does not answer')), patienceMilliseconds);
  });
  try {
    await Promise.race([confirmed, late]);
  } catch (cause) {
    throw new AppError('token.status_unknown', { cause });
  } finally {
    clearTimeout(timer);
  }
}
