import type { Transaction } from '../../../plugins/database/database.ts';
import type { JsonRecord } from '../json.ts';
import { enterpriseUrn, userUrn } from '../schemas.ts';
import { nameVersion, type ScimRequest } from '../scim-request.ts';
import type { UserRow } from './user-row.ts';

/** As a directory sees it: what it said itself, and whether the person may come in. */
export function showUser(
  { baseUrl }: Pick<ScimRequest, 'baseUrl'>,
  row: UserRow,
  groups: readonly JsonRecord[],
): JsonRecord {
  const attributes = JSON.parse(row.attributes) as JsonRecord;
  return {
    schemas: enterpriseUrn in attributes ? [userUrn, enterpriseUrn] : [userUrn],
    id: row.person_id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    userName: row.user_name,
    ...attributes,
    // Not only what the directory said: who is suspended here does not come in whatever it says.
    active: row.state !== 'suspended',
    ...(groups.length === 0 ? {} : { groups }),
    meta: {
      resourceType: 'User',
      created: new Date(row.created_at).toISOString(),
      lastModified: new Date(row.changed_at).toISOString(),
      location: `${baseUrl}/Users/${row.person_id}`,
      version: nameVersion(row.version),
    },
  };
}

const mostGroups = 20_000;

/** The groups of these users, by user. */
export async function readGroupsOf(
  from: Pick<Transaction, 'sql'>,
  { baseUrl }: Pick<ScimRequest, 'baseUrl'>,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly JsonRecord[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await from.sql
    .selectFrom('scim_members')
    .innerJoin('scim_groups', 'scim_groups.id', 'scim_members.group_id')
    .select(['scim_members.person_id', 'scim_groups.id', 'scim_groups.display_name'])
    .where('scim_members.person_id', 'in', userIds)
    .orderBy('scim_groups.id')
    .limit(mostGroups)
    .execute();
  const groups = new Map<string, JsonRecord[]>();
  for (const { person_id: person, id, display_name: display } of rows) {
    const one = { value: id, display, $ref: `${baseUrl}/Groups/${id}`, type: 'direct' };
    groups.set(person, [...(groups.get(person) ?? []), one]);
  }
  return groups;
}
