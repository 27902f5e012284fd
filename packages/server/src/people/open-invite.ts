import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';

const lifetimeMilliseconds = 24 * 60 * 60_000;

/**
 * A one-time link for a person to register a passkey: a path with the token in the fragment, which browsers send to no
 * server and write to no log. Only the token's digest is kept. Earlier unused links of the person end.
 */
export async function openInvite(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  personId: string,
): Promise<{ readonly path: string; readonly expiresAt: number }> {
  const now = context.platform.now();
  const token = Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  const expiresAt = now + lifetimeMilliseconds;
  await tx.sql
    .updateTable('person_invites')
    .set({ used_at: now })
    .where('person_id', '=', personId)
    .where('used_at', 'is', null)
    .execute();
  await tx.sql
    .insertInto('person_invites')
    .values({
      token_digest: sha256(token),
      person_id: personId,
      created_at: now,
      expires_at: expiresAt,
      used_at: null,
    })
    .execute();
  return { path: `/join#${token}`, expiresAt };
}
