import type { Context } from '../../context.ts';

const minuteMilliseconds = 60_000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;

/**
 * Forgets what the authorization code flow no longer needs: requests and codes of yesterday, families that are over. A
 * used code stays as long as what it got, so that a replay still ends it. A job: returns when to run it again, in epoch
 * milliseconds.
 */
export async function expireAuthorizations(context: Pick<Context, 'platform' | 'store'>): Promise<number> {
  const now = context.platform.now();
  const old = now - dayMilliseconds;
  await context.store.transaction(async (tx) => {
    await tx.sql.deleteFrom('pushed_requests').where('expires_at', '<=', now).execute();
    await tx.sql.deleteFrom('consent_requests').where('expires_at', '<=', old).execute();
    const over = tx.sql
      .selectFrom('token_families')
      .select('id')
      .where((where) => where.or([where('ended_at', '<=', old), where('expires_at', '<=', old)]));
    await tx.sql.deleteFrom('refresh_tokens').where('family_id', 'in', over).execute();
    await tx.sql.deleteFrom('authorization_codes').where('family_id', 'in', over).execute();
    await tx.sql
      .deleteFrom('authorization_codes')
      .where('used_at', 'is', null)
      .where('expires_at', '<=', old)
      .execute();
    await tx.sql
      .deleteFrom('token_families')
      .where((where) => where.or([where('ended_at', '<=', old), where('expires_at', '<=', old)]))
      .execute();
  });
  return now + 10 * minuteMilliseconds;
}
