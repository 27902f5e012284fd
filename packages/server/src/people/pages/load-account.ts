import type { Context } from '../../context.ts';
import type { Actor } from '../actor.ts';
import { getPerson } from '../get-person.ts';
import { listPasskeys } from '../passkeys/list-passkeys.ts';
import { listRecoveries } from '../recovery/end-recovery.ts';
import { listSessions } from '../sessions/list/list-sessions.ts';

const mostPeople = 200;

export type Account = Awaited<ReturnType<typeof loadAccount>>;

/** What the account page of a signed-in person shows; to administrators also who waits for them. */
export async function loadAccount(context: Context, actor: Actor & { kind: 'person' }) {
  const isAdministrator = actor.roles.includes('admin');
  const { sql } = context.store;
  const linked = await sql
    .selectFrom('person_identities')
    .select('issuer')
    .where('person_id', '=', actor.person)
    .executeTakeFirst();
  const people = isAdministrator
    ? await sql
        .selectFrom('people')
        .select(['id', 'display_name'])
        .where('state', '=', 'active')
        .orderBy('display_name')
        .limit(mostPeople)
        .execute()
    : [];
  const waiting = isAdministrator
    ? await sql
        .selectFrom('passkeys')
        .innerJoin('people', 'people.id', 'passkeys.person_id')
        .select(['credential_id', 'person_id', 'label', 'people.display_name', 'people.email'])
        .where('counts_from', 'is', null)
        .where('person_id', '!=', actor.person)
        .limit(mostPeople)
        .execute()
    : [];
  return {
    isAdministrator,
    person: await getPerson(context.store, actor.person),
    now: context.platform.now(),
    passkeys: (await listPasskeys(context, actor)).items,
    sessions: (await listSessions(context, actor)).items,
    recoveries: (await listRecoveries(context, actor)).items,
    hasSingleSignOn: context.config.people.oidc !== undefined,
    isLinked: linked !== undefined,
    people,
    waiting,
  };
}
