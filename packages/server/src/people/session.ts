import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { Actor } from './actor.ts';
import { findAuditAccess } from './audit-access/audit-access.ts';
import { readPerson } from './person.ts';

export const sessionLifetimeSeconds = 8 * 60 * 60;
const idleMilliseconds = 60 * 60_000;
const renewAfterMilliseconds = 60_000;

/** `__Host-` ties the cookie to this host, root path and https; plain http exists on localhost only. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-countersign' : 'countersign';
}

/** How somebody came in. */
export type SessionOpening =
  /** `counts`: whether the passkey counts for what changes authority (`passkeyCounts`). */
  | { readonly method: 'passkey'; readonly counts: boolean; readonly agent: string }
  | {
      readonly method: 'oidc';
      readonly issuer: string;
      readonly subject: string;
      readonly issuerSession: string | null;
      readonly agent: string;
    };

/** The secret of a new session for the cookie; only its digest is kept. */
export async function openSession(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  personId: string,
  opening: SessionOpening,
): Promise<{ readonly id: string; readonly secret: string }> {
  const now = context.platform.now();
  const id = context.platform.newId('ses');
  const secret = Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  await tx.sql
    .insertInto('sessions')
    .values({
      id,
      secret_digest: sha256(secret),
      person_id: personId,
      created_at: now,
      // What a directory says never verifies anybody for what changes authority.
      verified_at: opening.method === 'passkey' && opening.counts ? now : 0,
      expires_at: now + idleMilliseconds,
      ended_at: null,
      method: opening.method,
      agent: opening.agent,
      ...(opening.method === 'oidc' && {
        issuer: opening.issuer,
        subject: opening.subject,
        issuer_session: opening.issuerSession,
      }),
    })
    .execute();
  return { id, secret };
}

/** The actor of a live session of an active person; undefined for everything else. Being used keeps it alive. */
export async function findSession(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  secret: string,
): Promise<(Actor & { kind: 'person' }) | undefined> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret)) return undefined;
  const now = context.platform.now();
  const row = await context.store.sql
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.person_id')
    .selectAll('people')
    .select(['sessions.id as session', 'sessions.verified_at', 'sessions.expires_at'])
    .select('sessions.created_at as opened_at')
    .where('secret_digest', '=', sha256(secret))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (row === undefined || row.state !== 'active') return undefined;
  const latest = row.opened_at + sessionLifetimeSeconds * 1000;
  if (now >= latest) return undefined;
  const renewed = Math.min(now + idleMilliseconds, latest);
  if (renewed - row.expires_at > renewAfterMilliseconds) {
    await context.store.sql
      .updateTable('sessions')
      .set({ expires_at: renewed })
      .where('id', '=', row.session)
      .where('ended_at', 'is', null)
      .execute();
  }
  const person = readPerson(row);
  const audit = person.roles.length > 0 ? undefined : await findAuditAccess(context, person.id);
  return {
    kind: 'person',
    person: person.id,
    roles: person.roles,
    session: row.session,
    verifiedAt: row.verified_at,
    isFresh: now - row.verified_at < context.config.people.freshSeconds * 1000,
    ...(audit === undefined ? {} : { audit }),
  };
}
