import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type Actor, nameActor } from '../actor.ts';
import { getPerson } from '../get-person.ts';
import { credentialId, passkeyLabel, personId } from '../person-input.ts';
import { requireFresh, requirePermission } from '../require-permission.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { requireOtherAdministrator } from '../set-roles.ts';
import type { PasskeyRow } from '../verify-passkey.ts';
import { noteCredentialChange } from './keep-passkey.ts';
import { isPasskeyCode } from './passkey-code.ts';

type Changing = Pick<Context, 'platform' | 'store'>;
type Confirming = Changing & Pick<Context, 'approvals' | 'config'>;

export const renameInput = z.strictObject({ credentialId, label: passkeyLabel });
export const removeInput = z.strictObject({ personId: personId.optional(), credentialId });
export const confirmInput = z.strictObject({ personId, credentialId, code: z.string().min(1).max(32) });

/** What its person calls it. Throws `person.passkey_not_found`. */
export async function renamePasskey(
  context: Changing,
  actor: Actor,
  input: z.input<typeof renameInput>,
): Promise<void> {
  if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
  const { credentialId: id, label } = renameInput.parse(input);
  await context.store.transaction(async (tx) => {
    await getPasskey(tx, actor.person, id);
    await tx.sql.updateTable('passkeys').set({ label }).where('credential_id', '=', id).execute();
  });
}

/**
 * Ends a passkey, one's own or with `people.change` anybody's: it verifies nothing from now on, and the person's other
 * sessions end, and what it approved counts no longer. Somebody else's last one that counts is for a recovery to replace.
 * Throws `person.passkey_needed`, `person.passkey_not_found`, `person.last_administrator` and `person.recovery_needs_two`.
 */
export async function removePasskey(
  context: Changing & Pick<Context, 'approvals'>,
  actor: Actor,
  input: z.input<typeof removeInput>,
): Promise<void> {
  const { personId: named, credentialId: id } = removeInput.parse(input);
  const own = actor.kind === 'person' ? actor.person : undefined;
  const whose = named ?? own;
  if (whose === undefined) throw new AppError('person.sign_in_required');
  if (whose === own) requireFresh(actor);
  else requirePermission(actor, 'people.change');
  await context.store.transaction(async (tx) => {
    const row = await getPasskey(tx, whose, id);
    const isLast = row.counts_from !== null && !(await hasAnother(tx, row));
    if (isLast && whose !== own) throw new AppError('person.recovery_needs_two');
    if (isLast) await requireAdministratorLeft(tx, whose);
    await tx.sql.deleteFrom('passkeys').where('credential_id', '=', id).execute();
    const record = context.platform.newId('rec');
    const by = nameActor(actor);
    tx.record({
      id: record,
      kind: 'person.passkey_removed',
      at: context.platform.now(),
      causes: [],
      person: whose,
      body: { credentialId: id, by },
    });
    const passkey = { transports: JSON.parse(row.transports) };
    await noteCredentialChange(context, tx, { personId: whose, passkey, change: 'delete', record });
    const except = actor.kind === 'person' && whose === own ? { except: actor.session } : {};
    await endSessions(context, tx, {
      ...{ personId: whose, ...except, by },
      ...{ reason: 'passkey removed', causes: [record] },
    });
  });
  await context.approvals.refreshVoter(whose);
}

/**
 * Lets a passkey count that was enrolled on the word of a directory, after `people.recoveryCoolSeconds`; the person is
 * told, so that they can object. The code is the one that the person reads out. Nobody confirms their own. Throws `person.forbidden`, `person.passkey_not_found` and `person.passkey_refused`.
 */
export async function confirmPasskey(
  context: Confirming,
  actor: Actor,
  input: z.input<typeof confirmInput>,
): Promise<void> {
  requirePermission(actor, 'people.change');
  const { personId: whose, credentialId: id, code } = confirmInput.parse(input);
  if (actor.kind === 'person' && actor.person === whose) throw new AppError('person.forbidden');
  await context.store.transaction(async (tx) => {
    const row = await getPasskey(tx, whose, id);
    if (row.counts_from !== null) return;
    if (!isPasskeyCode(row.public_key, code)) throw new AppError('person.passkey_refused', { cause: 'code' });
    const at = context.platform.now();
    const countsFrom = at + context.config.people.recoveryCoolSeconds * 1000;
    await tx.sql
      .updateTable('passkeys')
      .set({ counts_from: countsFrom })
      .where('credential_id', '=', id)
      .execute();
    const record = context.platform.newId('rec');
    tx.record({
      id: record,
      kind: 'person.passkey_confirmed',
      at,
      causes: [],
      person: whose,
      body: { credentialId: id, by: nameActor(actor), countsFrom },
    });
    const passkey = { transports: JSON.parse(row.transports) };
    await noteCredentialChange(context, tx, { personId: whose, passkey, change: 'update', record });
    const { displayName } = await getPerson(tx, whose);
    await context.approvals.tellPerson(tx, {
      ...{ personId: whose, kind: 'passkey_confirmed' as const },
      ...{ subject: displayName, link: '/account' },
    });
  });
}

async function getPasskey(tx: Transaction, whose: string, id: string): Promise<PasskeyRow> {
  const row = await tx.sql
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', id)
    .where('person_id', '=', whose)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('person.passkey_not_found');
  return row;
}

/** Whether another one of the person counts, or will after cooling down. */
async function hasAnother(tx: Transaction, { person_id, credential_id }: PasskeyRow): Promise<boolean> {
  const other = await tx.sql
    .selectFrom('passkeys')
    .select('credential_id')
    .where('person_id', '=', person_id)
    .where('credential_id', '!=', credential_id)
    .where('counts_from', 'is not', null)
    .executeTakeFirst();
  return other !== undefined;
}

/** Without its last administrator's last passkey the house could be governed from the machine alone. */
async function requireAdministratorLeft(tx: Transaction, personId: string): Promise<void> {
  const person = await getPerson(tx, personId);
  if (person.roles.includes('admin') && person.state === 'active')
    await requireOtherAdministrator(tx, personId);
}
