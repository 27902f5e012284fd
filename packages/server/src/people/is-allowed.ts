import { type Permission, permissions, type Role } from '@countersign/api';
import type { Transaction } from '../plugins/database/database.ts';
import { readPerson } from './person.ts';

/** Whether somebody who need not be here now is active and has a role that holds the permission. */
export async function isAllowed(
  { sql }: Pick<Transaction, 'sql'>,
  personId: string,
  permission: Permission,
): Promise<boolean> {
  const row = await sql.selectFrom('people').selectAll().where('id', '=', personId).executeTakeFirst();
  if (row?.state !== 'active') return false;
  const allowed: readonly Role[] = permissions[permission];
  return readPerson(row).roles.some((role) => allowed.includes(role));
}
