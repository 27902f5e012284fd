import { AppError } from '@countersign/api';
import type { z } from 'zod';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Challenges } from '../challenges.ts';
import { forgetAddresses, forgetDevices } from '../forget-reach.ts';
import { getPerson } from '../get-person.ts';
import { keepPasskey, noteCredentialChange } from '../passkeys/keep-passkey.ts';
import { askForRegistration, verifyRegistration } from '../passkeys/verify-registration.ts';
import { linkToken } from '../person-input.ts';
import { openSession } from '../session.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import type { Recovering } from './open-recovery.ts';
import { recoverInput } from './recovery-input.ts';

/** What the browser needs to make the new passkey. Changes nothing. Throws `person.invite_invalid`. */
export async function beginRecover(context: Recovering, challenges: Challenges, token: unknown) {
  const digest = sha256(linkToken.parse(token));
  const { person_id } = await requireRecovery(context, context.store, digest);
  const person = await getPerson(context.store, person_id);
  return askForRegistration(context, person, challenges.issue(`recover:${digest}`));
}

/**
 * Replaces all passkeys of the person by the new one, ends their sessions and forgets the devices and addresses where they
 * were told, which somebody else may have added; the link is used up, and what the old ones approved counts no longer. The
 * new passkey signs in at once, and counts for what changes authority after `people.recoveryCoolSeconds`: time for
 * administrators to keep the person out, who was told and has no session left, if it is not them. Throws
 * `person.invite_invalid` and `person.passkey_refused`.
 */
export async function finishRecover(
  context: Recovering,
  challenges: Challenges,
  input: z.input<typeof recoverInput>,
  agent: string,
): Promise<{ readonly personId: string; readonly secret: string }> {
  const { token, label, response } = recoverInput.parse(input);
  const digest = sha256(token);
  const passkey = await verifyRegistration(context, challenges, `recover:${digest}`, response);
  const recovered = await context.store.transaction(async (tx) => {
    const at = context.platform.now();
    const recovery = await requireRecovery(context, tx, digest);
    const spent = await tx.sql
      .updateTable('recoveries')
      .set({ ended_at: at, outcome: 'used' })
      .where('id', '=', recovery.id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (spent.numUpdatedRows !== 1n) throw new AppError('person.invite_invalid');
    const personId = recovery.person_id;
    const record = context.platform.newId('rec');
    const removed = await removeAll(context, tx, personId, record);
    const devices = await forgetDevices(tx, personId);
    const addresses = await forgetAddresses(tx, personId);
    const countsFrom = at + context.config.people.recoveryCoolSeconds * 1000;
    tx.record({
      ...{ id: record, kind: 'person.recovered', at, causes: [recovery.record], person: personId },
      body: { recovery: recovery.id, removed, devices, addresses, countsFrom },
    });
    await keepPasskey(context, tx, {
      ...{ personId, passkey, label, countsFrom, by: `recovery:${recovery.id}`, causes: [record] },
    });
    await endSessions(context, tx, { personId, reason: 'recovered', causes: [record] });
    const counts = countsFrom <= at;
    const { secret } = await openSession(context, tx, personId, { method: 'passkey', counts, agent });
    return { personId, secret };
  });
  await context.approvals.refreshVoter(recovered.personId);
  return recovered;
}

async function removeAll(
  context: Recovering,
  tx: Transaction,
  personId: string,
  record: string,
): Promise<readonly string[]> {
  const held = await tx.sql
    .selectFrom('passkeys')
    .select(['credential_id', 'transports'])
    .where('person_id', '=', personId)
    .execute();
  await tx.sql.deleteFrom('passkeys').where('person_id', '=', personId).execute();
  for (const { transports } of held) {
    const passkey = { transports: JSON.parse(transports) };
    await noteCredentialChange(context, tx, { personId, passkey, change: 'delete', record });
  }
  return held.map(({ credential_id }) => credential_id);
}

async function requireRecovery(context: Recovering, from: Pick<Transaction, 'sql'>, digest: string) {
  const row = await from.sql
    .selectFrom('recoveries')
    .innerJoin('people', 'people.id', 'recoveries.person_id')
    .selectAll('recoveries')
    .where('token_digest', '=', digest)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .where('people.state', '=', 'active')
    .executeTakeFirst();
  if (row === undefined) throw new AppError('person.invite_invalid');
  return row;
}
