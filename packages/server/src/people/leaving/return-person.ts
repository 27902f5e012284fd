import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Transaction } from '../../plugins/database/database.ts';
import { noteSecurityEvent } from '../../signals/index.ts';
import { type Actor, nameActor } from '../actor.ts';
import { getPerson } from '../get-person.ts';
import type { Person } from '../person.ts';
import { personId } from '../person-input.ts';
import { requirePermission } from '../require-permission.ts';
import { finishLeavings, isStopInForce } from './finish-leavings.ts';
import { type Leaving, leaveCauses, leaveSource } from './leave-person.ts';
import { findLeaving } from './leaving-row.ts';

const returnInput = z.strictObject({
  personId,
  cause: z.enum(leaveCauses),
  source: leaveSource.optional(),
});

/** Asked in the transaction that lets them back: false, and nothing happens. */
export type MayReturn = (tx: Transaction) => Promise<boolean>;

/**
 * Takes back what the same source said, a directory only of whom it keeps as active; an administrator what any said. The
 * person is back as they were before once nothing says any more that they left. Their agents stay without an owner until
 * somebody takes them over, and what they delegated stays revoked. Throws `person.not_found`.
 */
export async function returnPerson(
  context: Leaving,
  actor: Actor,
  input: z.input<typeof returnInput>,
  mayReturn: MayReturn = async () => true,
): Promise<Person> {
  requirePermission(actor, 'people.change');
  const returning = returnInput.parse(input);
  const { personId } = returning;
  // Nothing of an earlier leaving may reach what the person does after it.
  await finishLeavings(context, personId);
  const person = await context.store.transaction(async (tx) =>
    (await mayReturn(tx)) ? letBack(context, tx, actor, returning) : getPerson(tx, personId),
  );
  await context.approvals.refreshVoter(personId);
  return person;
}

async function letBack(
  context: Leaving,
  tx: Transaction,
  actor: Actor,
  { personId, cause, source = cause }: z.infer<typeof returnInput>,
): Promise<Person> {
  const before = await getPerson(tx, personId);
  // A directory may have sent them away again since it asked.
  if (cause === 'scim' && !(await isActiveUser(tx, personId))) return before;
  const inForce = await findLeaving(tx, personId);
  const over = inForce.filter((one) => cause === 'administrator' || one.source === source);
  const [first] = over;
  if (first === undefined) return before;
  const now = context.platform.now();
  const records = over.map((one) => one.record);
  await tx.sql.updateTable('leavings').set({ returned_at: now }).where('record', 'in', records).execute();
  const state = over.length === inForce.length ? await findState(tx, first) : before.state;
  const record = context.platform.newId('rec');
  tx.record({
    id: record,
    kind: 'person.returned',
    at: now,
    causes: records,
    person: personId,
    body: {
      ...{ by: nameActor(actor), cause, source, from: before.state, to: state },
      stillLeft: inForce.filter((one) => !over.includes(one)).map((one) => one.source),
    },
  });
  if (state === before.state) return before;
  await tx.sql.updateTable('people').set({ state }).where('id', '=', personId).execute();
  const about = { person: personId };
  await noteSecurityEvent(context, tx, { kind: 'account-enabled', about, reason: 'returned', record });
  const isStopped = await isStopInForce(tx, personId);
  tx.afterCommit(() => {
    context.agents.forgetOwner(personId);
    if (!isStopped) context.stops.lift('owner', personId);
  });
  return { ...before, state };
}

async function isActiveUser(tx: Transaction, personId: string): Promise<boolean> {
  const user = await tx.sql
    .selectFrom('scim_users')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('active', '=', 1)
    .executeTakeFirst();
  return user !== undefined;
}

/** Who has no way in is invited again; whoever was suspended for another reason stays so. */
async function findState(
  tx: Transaction,
  first: { readonly person_id: string; readonly state_before: Person['state'] },
): Promise<Person['state']> {
  if (first.state_before !== 'active') return first.state_before;
  const passkey = await tx.sql
    .selectFrom('passkeys')
    .select('label')
    .where('person_id', '=', first.person_id)
    .executeTakeFirst();
  const account = await tx.sql
    .selectFrom('person_identities')
    .select('issuer')
    .where('person_id', '=', first.person_id)
    .executeTakeFirst();
  return passkey === undefined && account === undefined ? 'invited' : 'active';
}

/** Throws `person.left` while something says that the person left: only its taking back lets them in again. */
export async function requireNotLeft(tx: Transaction, personId: string): Promise<void> {
  if ((await findLeaving(tx, personId)).length > 0) throw new AppError('person.left');
}
