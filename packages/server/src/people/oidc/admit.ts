import { AppError } from '@countersign/api';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Actor } from '../actor.ts';
import { setDirectoryGroups } from '../directory-groups.ts';
import type { Leaving } from '../leaving/leave-person.ts';
import { openSession } from '../session.ts';
import { findOrJoin } from './find-or-join.ts';
import type { Flow } from './flow.ts';
import type { SingleSignOn } from './issuer.ts';
import { linkIdentity } from './link-identity.ts';
import type { Claims } from './read-claims.ts';

export interface Admitted {
  readonly personId: string;
  /** Of a new session; undefined when an account was linked to a session that goes on. */
  readonly secret: string | undefined;
}

const oidc: Actor = { kind: 'system', part: 'oidc' };

/**
 * Opens a session for whom the issuer vouches, who is known by the issuer's subject and by nothing else, and takes over
 * the groups it names. The session verifies nobody: it looks, and a passkey does the rest. Throws `person.oidc_unknown`.
 */
export async function admitPerson(
  context: Leaving,
  settings: SingleSignOn,
  flow: Flow,
  { claims, agent }: { readonly claims: Claims; readonly agent: string },
): Promise<Admitted> {
  const { purpose } = flow;
  const { issuer } = settings;
  return context.store.transaction(async (tx) => {
    const at = context.platform.now();
    if (purpose.to === 'link') {
      await requireOpenSession(tx, purpose, at);
      await linkIdentity(context, tx, { personId: purpose.person, issuer, claims, how: 'passkey' });
    }
    const personId =
      purpose.to === 'link' ? purpose.person : await findOrJoin(context, tx, { settings, claims });
    await tx.sql
      .updateTable('person_identities')
      .set({ last_seen_at: at })
      .where('issuer', '=', issuer)
      .where('subject', '=', claims.subject)
      .execute();
    const { groups, areGroupsWhole } = claims;
    await setDirectoryGroups(context, tx, oidc, {
      ...{ personId, directory: 'oidc', groups, isWhole: areGroupsWhole },
    });
    if (purpose.to === 'link') return { personId, secret: undefined };
    const session = await openSession(context, tx, personId, {
      ...{ method: 'oidc', issuer, subject: claims.issuerSubject, agent },
      issuerSession: claims.issuerSession,
    });
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.signed_in',
      at,
      causes: [],
      person: personId,
      body: {
        session: session.id,
        issuer,
        subject: sha256(claims.subject),
        groups: groups.length,
        areGroupsWhole,
      },
    });
    return { personId, secret: session.secret };
  });
}

/** A flow to link belongs to the session that began it, and ends with it. */
async function requireOpenSession(
  tx: Transaction,
  { person, session }: { readonly person: string; readonly session: string },
  at: number,
): Promise<void> {
  const open = await tx.sql
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.person_id')
    .select('sessions.id')
    .where('sessions.id', '=', session)
    .where('person_id', '=', person)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', at)
    .where('people.state', '=', 'active')
    .executeTakeFirst();
  if (open === undefined) throw new AppError('person.sign_in_required');
}
