import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { firstRecord } from '../../plugins/database/first-record.ts';
import { type Actor, nameActor } from '../actor.ts';
import type { Challenges } from '../challenges.ts';
import { getPerson } from '../get-person.ts';
import { attestationInput, passkeyLabel } from '../person-input.ts';
import { requireFresh } from '../require-permission.ts';
import { keepPasskey } from './keep-passkey.ts';
import { askForRegistration, verifyRegistration } from './verify-registration.ts';

type Adding = Pick<Context, 'config' | 'platform' | 'store'>;
type PersonActor = Actor & { kind: 'person' };

export const addPasskeyInput = z.strictObject({
  label: passkeyLabel.default('Passkey'),
  response: attestationInput,
});

const enrolMilliseconds = 10 * 60_000;
const holderOf = ({ session }: PersonActor): string => `passkey:${session}`;

/** What the browser needs to make another passkey of the person who asks. Throws `person.passkey_needed`. */
export async function beginAddPasskey(context: Adding, challenges: Challenges, actor: Actor) {
  const person = requirePerson(actor);
  await requireMayAdd(context, person);
  const known = await getPerson(context.store, person.person);
  return askForRegistration(context, known, challenges.issue(holderOf(person)));
}

/**
 * Registers it. Added with a fresh passkey it counts at once. The first one of somebody whom only a directory vouches
 * for does not, until an administrator confirms it: whoever rules the directory could have enrolled it.
 */
export async function finishAddPasskey(
  context: Adding,
  challenges: Challenges,
  actor: Actor,
  input: z.input<typeof addPasskeyInput>,
): Promise<{ readonly id: string }> {
  const person = requirePerson(actor);
  const { label, response } = addPasskeyInput.parse(input);
  await requireMayAdd(context, person);
  const passkey = await verifyRegistration(context, challenges, holderOf(person), response);
  await context.store.transaction(async (tx) => {
    const isConfirmed = await requireMayAdd({ ...context, store: tx }, person);
    await keepPasskey(context, tx, {
      ...{ personId: person.person, passkey, label, by: nameActor(actor) },
      countsFrom: isConfirmed ? context.platform.now() : null,
    });
  });
  return { id: passkey.id };
}

function requirePerson(actor: Actor): PersonActor {
  if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
  return actor;
}

/**
 * Whether what is added counts at once. Only who never had a passkey makes one on the word of a directory: else whoever
 * rules it and may remove passkeys would recover an account alone. Throws `person.sign_in_required` and
 * `person.passkey_needed`.
 */
async function requireMayAdd(
  context: Pick<Context, 'config' | 'platform'> & { readonly store: Pick<Context['store'], 'sql'> },
  actor: PersonActor,
): Promise<boolean> {
  const { sql } = context.store;
  const session = await sql
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.person_id')
    .select(['sessions.method', 'sessions.created_at'])
    .select(firstRecord('people.id', 'person.passkey_added').as('added_record'))
    .where('sessions.id', '=', actor.session)
    .where('sessions.person_id', '=', actor.person)
    .where('sessions.ended_at', 'is', null)
    .where('people.state', '=', 'active')
    .executeTakeFirst();
  if (session === undefined) throw new AppError('person.sign_in_required');
  if (actor.isFresh) return true;
  const passkey = await sql
    .selectFrom('passkeys')
    .select('credential_id')
    .where('person_id', '=', actor.person)
    .executeTakeFirst();
  const isNew = session.method === 'oidc' && context.platform.now() - session.created_at < enrolMilliseconds;
  const hadOne = passkey !== undefined || session.added_record !== null;
  if (!isNew || hadOne || context.config.people.oidc?.enrolPasskey !== 'on') requireFresh(actor);
  return false;
}
