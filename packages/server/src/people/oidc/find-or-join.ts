import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { personName } from '../person-input.ts';
import type { SingleSignOn } from './issuer.ts';
import { linkIdentity } from './link-identity.ts';
import type { Claims } from './read-claims.ts';

interface Arriving {
  readonly settings: SingleSignOn;
  readonly claims: Claims;
}

/**
 * The person of the issuer's subject; somebody new as `people.oidc.join` says. An e-mail address finds an invitation and
 * never a person: whoever may write it at the issuer would become them. Throws `person.oidc_unknown`.
 */
export async function findOrJoin(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  arriving: Arriving,
): Promise<string> {
  const { issuer } = arriving.settings;
  const known = await tx.sql
    .selectFrom('person_identities')
    .innerJoin('people', 'people.id', 'person_identities.person_id')
    .select(['people.id', 'people.state'])
    .where('issuer', '=', issuer)
    .where('subject', '=', arriving.claims.subject)
    .executeTakeFirst();
  if (known !== undefined) {
    if (known.state !== 'active') throw new AppError('person.oidc_unknown', { cause: 'not active' });
    return known.id;
  }
  return (await joinByInvitation(context, tx, arriving)) ?? joinAsAnyone(context, tx, arriving);
}

async function joinByInvitation(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  { settings, claims }: Arriving,
): Promise<string | undefined> {
  if (claims.verifiedEmail === undefined) return undefined;
  const at = context.platform.now();
  const person = await tx.sql
    .selectFrom('people')
    .select('id')
    .where('email', '=', claims.verifiedEmail)
    .where('state', '=', 'invited')
    .executeTakeFirst();
  if (person === undefined || !(await isExpected(tx, person.id, at))) return undefined;
  await tx.sql.updateTable('people').set({ state: 'active' }).where('id', '=', person.id).execute();
  await linkIdentity(context, tx, {
    ...{ personId: person.id, issuer: settings.issuer, claims, how: 'invitation' },
  });
  recordJoin(context, tx, person.id, 'invited');
  return person.id;
}

/** An administrator's link that still stands, or a directory's entry, invites. */
async function isExpected(tx: Transaction, personId: string, at: number): Promise<boolean> {
  const link = await tx.sql
    .selectFrom('person_invites')
    .select('token_digest')
    .where('person_id', '=', personId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  if (link !== undefined) return true;
  const entry = await tx.sql
    .selectFrom('scim_users')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('active', '=', 1)
    .executeTakeFirst();
  return entry !== undefined;
}

async function joinAsAnyone(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  { settings, claims }: Arriving,
): Promise<string> {
  if (settings.join !== 'anyone') throw new AppError('person.oidc_unknown', { cause: 'not invited' });
  const email = claims.verifiedEmail ?? null;
  if (email !== null) {
    const taken = await tx.sql
      .selectFrom('people')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirst();
    if (taken !== undefined) throw new AppError('person.oidc_unknown', { cause: 'e-mail taken' });
  }
  const personId = context.platform.newId('per');
  const name = personName.safeParse(claims.name);
  await tx.sql
    .insertInto('people')
    .values({
      id: personId,
      display_name: name.success ? name.data : `Person ${personId.slice(-6)}`,
      email,
      roles: '[]',
      state: 'active',
      created_at: context.platform.now(),
    })
    .execute();
  await linkIdentity(context, tx, { personId, issuer: settings.issuer, claims, how: 'anyone' });
  recordJoin(context, tx, personId, 'unknown');
  return personId;
}

function recordJoin(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  personId: string,
  from: 'invited' | 'unknown',
): void {
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'person.state_changed',
    at: context.platform.now(),
    causes: [],
    person: personId,
    body: { by: 'system:oidc', from, to: 'active' },
  });
}
