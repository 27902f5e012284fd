import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { describeCut, noteSecurityEvent } from '../signals/index.ts';
import { type Actor, nameActor } from './actor.ts';
import { endAccesses } from './audit-access/end-audit-access.ts';
import { getPerson } from './get-person.ts';
import { isStopInForce } from './leaving/finish-leavings.ts';
import { requireNotLeft } from './leaving/return-person.ts';
import type { Person } from './person.ts';
import { personId as personIdInput } from './person-input.ts';
import { requirePermission } from './require-permission.ts';
import { requireOtherAdministrator } from './set-roles.ts';

type Suspending = Pick<Context, 'agents' | 'approvals' | 'platform' | 'stops' | 'store' | 'tasks'>;

/**
 * Ends the person's sessions, links and authority: their agents' calls in flight are cut before it is even written,
 * their tasks end, their open approval requests are cancelled, their votes no longer count. Throws
 * `person.last_administrator`.
 */
export async function suspendPerson(context: Suspending, actor: Actor, input: string): Promise<Person> {
  requirePermission(actor, 'people.change');
  const personId = personIdInput.parse(input);
  // Asked before, so that a suspension that will be refused cuts nothing.
  await getPerson(context.store, personId);
  await requireOtherAdministrator(context.store, personId);
  const hold = context.stops.hold('owner', personId, new AppError('agent.not_active'));
  try {
    const person = await suspend(context, actor, personId, hold.cut);
    await context.approvals.cancel('owner', personId, 'person.suspended');
    await context.approvals.refreshVoter(personId);
    return person;
  } finally {
    hold.release();
  }
}

function suspend(
  context: Suspending,
  actor: Actor,
  personId: string,
  cut: readonly string[],
): Promise<Person> {
  return context.store.transaction(async (tx) => {
    const before = await getPerson(tx, personId);
    if (before.state === 'suspended') return before;
    await requireOtherAdministrator(tx, personId);
    const now = context.platform.now();
    await tx.sql
      .updateTable('sessions')
      .set({ ended_at: now })
      .where('person_id', '=', personId)
      .where('ended_at', 'is', null)
      .execute();
    await tx.sql
      .updateTable('person_invites')
      .set({ used_at: now })
      .where('person_id', '=', personId)
      .where('used_at', 'is', null)
      .execute();
    const record = await changeState(context, tx, actor, before, { state: 'suspended', ...describeCut(cut) });
    await endAccesses(context, tx, { person: personId }, { by: nameActor(actor), reason: 'person' });
    await context.approvals.endDuties(tx, personId, 'person.suspended');
    await context.tasks.close(tx, {
      under: { owner: personId },
      reason: 'stopped',
      by: nameActor(actor),
      causes: [record],
    });
    tx.afterCommit(() => {
      context.agents.forgetOwner(personId);
      // In memory only: after a restart the agents' own facts say that their owner is suspended.
      context.stops.apply('owner', personId);
    });
    return { ...before, state: 'suspended' as const };
  });
}

/**
 * Lets the person sign in again and their agents work again, unless something else keeps them stopped. Throws `person.left`.
 */
export async function resumePerson(context: Suspending, actor: Actor, input: string): Promise<Person> {
  requirePermission(actor, 'people.change');
  const personId = personIdInput.parse(input);
  return context.store.transaction(async (tx) => {
    const before = await getPerson(tx, personId);
    if (before.state === 'active') return before;
    await requireNotLeft(tx, personId);
    const passkey = await tx.sql
      .selectFrom('passkeys')
      .select('label')
      .where('person_id', '=', personId)
      .executeTakeFirst();
    // Somebody who never joined has nothing to come back to: they need a new invitation.
    if (before.state === 'invited' || passkey === undefined) throw new AppError('person.invite_invalid');
    await changeState(context, tx, actor, before, { state: 'active' });
    const isHeld = await isStopInForce(tx, personId);
    tx.afterCommit(() => {
      context.agents.forgetOwner(personId);
      if (!isHeld) context.stops.lift('owner', personId);
    });
    return { ...before, state: 'active' as const };
  });
}

async function changeState(
  context: Suspending,
  tx: Transaction,
  actor: Actor,
  before: Person,
  { state, ...facts }: { readonly state: 'active' | 'suspended'; readonly cut?: readonly string[] },
): Promise<string> {
  const id = context.platform.newId('rec');
  await tx.sql.updateTable('people').set({ state }).where('id', '=', before.id).execute();
  tx.record({
    id,
    kind: 'person.state_changed',
    at: context.platform.now(),
    causes: [],
    person: before.id,
    body: { by: nameActor(actor), from: before.state, to: state, ...facts },
  });
  await noteSecurityEvent(context, tx, {
    kind: state === 'active' ? 'account-enabled' : 'account-disabled',
    about: { person: before.id },
    reason: state === 'active' ? 'resumed' : 'suspended',
    record: id,
  });
  return id;
}
