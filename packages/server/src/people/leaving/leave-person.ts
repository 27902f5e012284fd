import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { describeCut, noteSecurityEvent } from '../../signals/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { type Actor, nameActor } from '../actor.ts';
import { endAccesses } from '../audit-access/end-audit-access.ts';
import { forgetDevices } from '../forget-reach.ts';
import { getPerson } from '../get-person.ts';
import type { Person } from '../person.ts';
import { personId } from '../person-input.ts';
import { requirePermission } from '../require-permission.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { requireOtherAdministrator } from '../set-roles.ts';
import { finishLeavings } from './finish-leavings.ts';
import { findLeaving, saveLeaving } from './leaving-row.ts';

/** What says that a person left; each source takes back only what it said itself. */
export const leaveCauses = ['scim', 'oidc', 'signal', 'administrator'] as const;
export type LeaveCause = (typeof leaveCauses)[number];

/** Which of several of one cause; the cause itself where there is but one. */
export const leaveSource = plainLine(100);

const leaveInput = z.strictObject({
  personId,
  cause: z.enum(leaveCauses),
  source: leaveSource.optional(),
  reason: plainLine(500).optional(),
});

export type Leaving = Pick<
  Context,
  'agents' | 'approvals' | 'config' | 'log' | 'platform' | 'stops' | 'store' | 'tasks'
>;

/**
 * Keeps the person out for good: calls of their agents in flight are cut before anything is written, then their sessions
 * end, what they delegated is revoked, their agents lose their owner, and what they were to decide is cancelled. Once
 * the first write is durable nothing of it is lost in a crash; asked again, it ends what is left. History stays. Throws
 * `person.not_found`, and `person.last_administrator` when an administrator asks.
 */
export async function leavePerson(
  context: Leaving,
  actor: Actor,
  input: z.input<typeof leaveInput>,
): Promise<Person> {
  requirePermission(actor, 'people.change');
  const leaving = leaveInput.parse(input);
  await getPerson(context.store, leaving.personId);
  // Asked before, so that what will be refused cuts nothing.
  if (leaving.cause === 'administrator') await requireOtherAdministrator(context.store, leaving.personId);
  const hold = context.stops.hold('owner', leaving.personId, new AppError('agent.not_active'));
  try {
    await context.store.transaction((tx) => keepOut(context, tx, actor, { ...leaving, cut: hold.cut }));
    await finishLeavings(context, leaving.personId);
    return await getPerson(context.store, leaving.personId);
  } finally {
    hold.release();
  }
}

async function keepOut(
  context: Leaving,
  tx: Transaction,
  actor: Actor,
  leaving: z.infer<typeof leaveInput> & { readonly cut: readonly string[] },
): Promise<void> {
  const { personId, cause, source = cause, reason, cut } = leaving;
  const before = await getPerson(tx, personId);
  const earlier = await findLeaving(tx, personId);
  if (earlier.some((one) => one.source === source)) return;
  const isLast = await isLastAdministrator(tx, personId);
  if (isLast && cause === 'administrator') throw new AppError('person.last_administrator');
  const now = context.platform.now();
  await tx.sql.updateTable('people').set({ state: 'suspended' }).where('id', '=', personId).execute();
  const record = context.platform.newId('rec');
  tx.record({
    id: record,
    kind: 'person.left',
    at: now,
    causes: earlier.map((one) => one.record),
    person: personId,
    body: {
      ...{ by: nameActor(actor), cause, source, from: before.state },
      ...(reason === undefined ? {} : { reason }),
      ...(isLast ? { lastAdministrator: true } : {}),
      ...describeCut(cut),
    },
  });
  await saveLeaving(tx, {
    ...{ record, person_id: personId, kind: 'left' as const, cause, source, at: now },
    state_before: earlier[0]?.state_before ?? before.state,
  });
  const about = { person: personId };
  await noteSecurityEvent(context, tx, { kind: 'account-disabled', about, reason: 'left', record });
  await endWaysIn(context, tx, personId, record);
  await endAccesses(context, tx, { person: personId }, { by: nameActor(actor), reason: 'person' });
  await context.approvals.endDuties(tx, personId, 'person.left');
  tx.afterCommit(() => {
    context.agents.forgetOwner(personId);
    // In memory only: after a restart `holdLeavers` says it again for those whose agents have not all lost them yet.
    context.stops.apply('owner', personId);
    if (isLast) context.log.error({ person: personId, cause, source }, 'the last administrator has left');
  });
}

/** Others may have let the person in by what they said here: they are told even when no session was open here. */
async function endWaysIn(context: Leaving, tx: Transaction, personId: string, record: string): Promise<void> {
  await forgetDevices(tx, personId);
  const reason = 'left';
  const ended = await endSessions(context, tx, { personId, by: 'system:leaving', reason, causes: [record] });
  if (ended === 0) {
    const about = { person: personId };
    await noteSecurityEvent(context, tx, { kind: 'session-revoked', about, reason, record });
  }
  await tx.sql
    .updateTable('person_invites')
    .set({ used_at: context.platform.now() })
    .where('person_id', '=', personId)
    .where('used_at', 'is', null)
    .execute();
}

async function isLastAdministrator(tx: Transaction, personId: string): Promise<boolean> {
  try {
    await requireOtherAdministrator(tx, personId);
    return false;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'person.last_administrator') return true;
    throw thrown;
  }
}
