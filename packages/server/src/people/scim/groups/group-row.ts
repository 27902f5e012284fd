import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Selectable } from 'kysely';
import type { Transaction } from '../../../plugins/database/database.ts';
import type { Schema } from '../../../plugins/database/schema.ts';
import type { ScimRequest } from '../scim-request.ts';

export type GroupRow = Selectable<Schema['scim_groups']>;

export function selectGroups(from: Pick<Transaction, 'sql'>, { directory }: Pick<ScimRequest, 'directory'>) {
  return from.sql.selectFrom('scim_groups').selectAll().where('directory', '=', directory);
}

/** Throws `person.scim_not_found`, for what another directory keeps too. */
export async function loadGroup(
  from: Pick<Transaction, 'sql'>,
  request: Pick<ScimRequest, 'directory'>,
  groupId: string,
): Promise<GroupRow> {
  if (!isId('grp', groupId)) throw new AppError('person.scim_not_found');
  const row = await selectGroups(from, request).where('id', '=', groupId).executeTakeFirst();
  if (row === undefined) throw new AppError('person.scim_not_found');
  return row;
}
