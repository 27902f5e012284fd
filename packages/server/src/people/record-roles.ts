import type { Transaction } from '../plugins/database/database.ts';
import { type Actor, nameActor } from './actor.ts';
import { endAccesses } from './audit-access/end-audit-access.ts';
import type { Directory } from './directory-groups.ts';
import type { Leaving } from './leaving/leave-person.ts';
import { loseAgents } from './leaving/lose-agents.ts';
import type { Person } from './person.ts';

interface ChangedRoles {
  readonly before: Person;
  readonly after: Person;
  /** As the record names them. */
  readonly rolesAfter: readonly string[];
  /** Which said so; absent when an administrator did. */
  readonly directory?: Directory;
}

/**
 * Records that a person has other roles and groups. Who may not own agents any more loses them, and who may not approve
 * any more the duties of others. Returns the record.
 */
export async function recordRoles(
  context: Leaving,
  tx: Transaction,
  actor: Actor,
  { before, after, rolesAfter, directory }: ChangedRoles,
): Promise<string> {
  const record = context.platform.newId('rec');
  tx.record({
    id: record,
    kind: 'person.state_changed',
    at: context.platform.now(),
    causes: [],
    person: after.id,
    body: {
      by: nameActor(actor),
      ...(directory === undefined ? {} : { directory }),
      rolesBefore: [...before.roles, ...before.groups],
      rolesAfter,
    },
  });
  await loseAgents(context, tx, { before, after, cause: directory ?? 'administrator', record });
  // Whoever may do something here reads under that, and is recorded under that.
  if (after.roles.length > 0)
    await endAccesses(context, tx, { person: after.id }, { by: nameActor(actor), reason: 'person' });
  if (!after.roles.includes('approver')) await context.approvals.endDuties(tx, after.id, 'person.role_lost');
  return record;
}
