import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Selectable } from 'kysely';
import type { Transaction } from '../../../plugins/database/database.ts';
import type { Schema } from '../../../plugins/database/schema.ts';
import type { ScimRequest } from '../scim-request.ts';

export type UserRow = Selectable<Schema['scim_users']> & {
  readonly state: 'invited' | 'active' | 'suspended';
};

export function selectUsers(from: Pick<Transaction, 'sql'>, { directory }: Pick<ScimRequest, 'directory'>) {
  return from.sql
    .selectFrom('scim_users')
    .innerJoin('people', 'people.id', 'scim_users.person_id')
    .selectAll('scim_users')
    .select('people.state')
    .where('scim_users.directory', '=', directory);
}

/** Throws `person.scim_not_found`, for what another directory keeps too. */
export async function loadUser(
  from: Pick<Transaction, 'sql'>,
  request: Pick<ScimRequest, 'directory'>,
  userId: string,
): Promise<UserRow> {
  if (!isId('per', userId)) throw new AppError('person.scim_not_found');
  const row = await selectUsers(from, request).where('person_id', '=', userId).executeTakeFirst();
  if (row === undefined) throw new AppError('person.scim_not_found');
  return row;
}

/** What a user's name is compared by: two that differ in case alone are one (RFC 7643 §4.1.1). */
export function toNameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
