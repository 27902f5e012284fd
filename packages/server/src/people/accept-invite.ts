import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { Challenges } from './challenges.ts';
import { getPerson } from './get-person.ts';
import { keepPasskey } from './passkeys/keep-passkey.ts';
import { askForRegistration, verifyRegistration } from './passkeys/verify-registration.ts';
import { joinInput, linkToken } from './person-input.ts';
import { openSession } from './session.ts';

type People = Pick<Context, 'config' | 'platform' | 'store'>;

/** What the browser needs to make a passkey for the person whom the link names. Changes nothing. */
export async function beginJoin(context: People, challenges: Challenges, token: unknown) {
  const digest = sha256(linkToken.parse(token));
  const person = await getPerson(
    context.store,
    (await requireInvite(context, context.store, digest)).personId,
  );
  return askForRegistration(context, person, challenges.issue(`join:${digest}`));
}

/** Registers the passkey, makes the person active and opens a session. The link is used up by whoever is first. */
export async function finishJoin(
  context: People,
  challenges: Challenges,
  input: z.input<typeof joinInput>,
  agent: string,
): Promise<{ readonly personId: string; readonly secret: string }> {
  const { token, displayName, label, response } = joinInput.parse(input);
  const digest = sha256(token);
  const passkey = await verifyRegistration(context, challenges, `join:${digest}`, response);
  return context.store.transaction(async (tx) => {
    const { personId, state } = await spendInvite(context, tx, digest);
    const added = await keepPasskey(context, tx, {
      ...{ personId, passkey, label, by: personId },
      countsFrom: context.platform.now(),
    });
    await tx.sql
      .updateTable('people')
      .set({ state: 'active', ...(displayName === undefined ? {} : { display_name: displayName }) })
      .where('id', '=', personId)
      .execute();
    const session = await openSession(context, tx, personId, { method: 'passkey', counts: true, agent });
    if (state === 'invited') recordJoin(context, tx, personId, added);
    return { personId, secret: session.secret };
  });
}

interface Invited {
  readonly personId: string;
  readonly state: string;
}

/** Somebody who came in by a directory meanwhile still needs the link for a passkey that counts. */
async function requireInvite(
  context: People,
  from: Pick<Transaction, 'sql'>,
  digest: string,
): Promise<Invited> {
  const invite = await from.sql
    .selectFrom('person_invites')
    .innerJoin('people', 'people.id', 'person_invites.person_id')
    .select(['person_id', 'state'])
    .where('token_digest', '=', digest)
    .where('used_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .where('people.state', 'in', ['invited', 'active'])
    .executeTakeFirst();
  if (invite === undefined) throw new AppError('person.invite_invalid');
  return { personId: invite.person_id, state: invite.state };
}

async function spendInvite(context: People, tx: Transaction, digest: string): Promise<Invited> {
  const invited = await requireInvite(context, tx, digest);
  const spent = await tx.sql
    .updateTable('person_invites')
    .set({ used_at: context.platform.now() })
    .where('token_digest', '=', digest)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) throw new AppError('person.invite_invalid');
  return invited;
}

function recordJoin(context: People, tx: Transaction, personId: string, added: string): void {
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'person.state_changed',
    at: context.platform.now(),
    causes: [added],
    person: personId,
    body: { by: personId, from: 'invited', to: 'active' },
  });
}
