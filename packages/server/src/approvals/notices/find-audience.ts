import { isNamedApprover } from '@countersign/core';
import type { Context } from '../../context.ts';
import { hasPermission, type Person, readPerson } from '../../people/index.ts';
import { readVoter, type StoredApproval } from '../read-approval.ts';

/** More than that would be told of nothing they could still decide. */
const mostPeople = 200;

/**
 * Who is to be told of an open request now: those who may decide it, whom the agent named, and those that policy wants to
 * know of it. Only people of this house who are active.
 */
export async function findAudience(
  context: Pick<Context, 'platform' | 'store'>,
  approval: StoredApproval,
): Promise<readonly Person[]> {
  const rows = await context.store.sql
    .selectFrom('people')
    .selectAll()
    .where('state', '=', 'active')
    .execute();
  const isPersonal = approval.kind === 'authority' || approval.kind === 'amendment';
  const { notify } = approval.requirement;
  const told = rows.filter((row) => {
    if (row.id === approval.askedPersonId) return true;
    const voter = readVoter(row, approval.ownerId, approval.presented.requesterId);
    const names = [`person:${row.id}`, ...voter.roles.flatMap((role) => [`role:${role}`, `group:${role}`])];
    if (notify.some((selector) => names.includes(selector))) return true;
    if (isPersonal && approval.askedPersonId !== null) return false;
    const mayDecide = hasPermission(
      { kind: 'person', person: row.id, roles: readPerson(row).roles, session: '', verifiedAt: 0 },
      'approvals.decide',
    );
    return mayDecide && isNamedApprover(approval.requirement, voter);
  });
  return told.slice(0, mostPeople).map(readPerson);
}
