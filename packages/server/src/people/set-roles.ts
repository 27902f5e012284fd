import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Transaction } from '../plugins/database/database.ts';
import type { Actor } from './actor.ts';
import { getPerson } from './get-person.ts';
import { finishLeavings } from './leaving/finish-leavings.ts';
import type { Leaving } from './leaving/leave-person.ts';
import { type Person, readPerson } from './person.ts';
import { rolesInput } from './person-input.ts';
import { recordRoles } from './record-roles.ts';
import { requirePermission } from './require-permission.ts';

/**
 * Replaces a person's roles and groups; bites on their next request. Who may not own agents any more loses them, and
 * what they delegated. Throws `person.last_administrator`.
 */
export async function setRoles(
  context: Leaving,
  actor: Actor,
  input: z.input<typeof rolesInput>,
): Promise<Person> {
  requirePermission(actor, 'people.change');
  const { personId, roles } = rolesInput.parse(input);
  const changed = await context.store.transaction(async (tx) => {
    const before = await getPerson(tx, personId);
    if (!roles.includes('admin')) await requireOtherAdministrator(tx, personId);
    await tx.sql
      .updateTable('people')
      .set({ roles: JSON.stringify(roles) })
      .where('id', '=', personId)
      .execute();
    const after = await getPerson(tx, personId);
    await recordRoles(context, tx, actor, { before, after, rolesAfter: roles });
    return after;
  });
  context.agents.forgetOwner(personId);
  await context.approvals.refreshVoter(personId);
  await finishLeavings(context, personId);
  return changed;
}

/** Throws `person.last_administrator` when nobody else active could administer. */
export async function requireOtherAdministrator(
  from: Pick<Transaction, 'sql'>,
  personId: string,
): Promise<void> {
  const rows = await from.sql.selectFrom('people').selectAll().where('state', '=', 'active').execute();
  const administrators = rows.map(readPerson).filter((person) => person.roles.includes('admin'));
  if (administrators.length === 1 && administrators[0]?.id === personId) {
    throw new AppError('person.last_administrator');
  }
}
