import type { Store } from '../../../plugins/database/database.ts';
import type { JsonRecord } from '../json.ts';
import { groupUrn } from '../schemas.ts';
import { nameVersion, type ScimRequest } from '../scim-request.ts';
import type { GroupRow } from './group-row.ts';

/** Without its members. */
export function showGroup({ baseUrl }: Pick<ScimRequest, 'baseUrl'>, row: GroupRow): JsonRecord {
  return {
    schemas: [groupUrn],
    id: row.id,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    displayName: row.display_name,
    meta: {
      resourceType: 'Group',
      created: new Date(row.created_at).toISOString(),
      lastModified: new Date(row.changed_at).toISOString(),
      location: `${baseUrl}/Groups/${row.id}`,
      version: nameVersion(row.version),
    },
  };
}

const membersAtOnce = 2_000;

/** A group may have a hundred thousand members: its text is made as it is sent. */
export async function* writeGroup(request: ScimRequest, row: GroupRow): AsyncGenerator<string> {
  const text = JSON.stringify(showGroup(request, row));
  yield `${text.slice(0, -1)},"members":[`;
  let isFirst = true;
  for await (const members of readMembers(request.context.store, request, row.id)) {
    const part = members.map((member) => JSON.stringify(member)).join(',');
    yield isFirst ? part : `,${part}`;
    isFirst = false;
  }
  yield ']}';
}

async function* readMembers(
  store: Store,
  { baseUrl }: Pick<ScimRequest, 'baseUrl'>,
  groupId: string,
): AsyncGenerator<readonly JsonRecord[]> {
  for (let after = ''; ; ) {
    // Bounded before it is joined: a database that has no statistics of a new group yet would join all that is left of it.
    const rows = await store.sql
      .selectFrom((from) =>
        from
          .selectFrom('scim_members')
          .select('person_id')
          .where('group_id', '=', groupId)
          .where('person_id', '>', after)
          .orderBy('person_id')
          .limit(membersAtOnce)
          .as('page'),
      )
      .innerJoin('people', 'people.id', 'page.person_id')
      .select(['people.id', 'people.display_name'])
      .orderBy('people.id')
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield rows.map(({ id, display_name: display }) => ({
      ...{ value: id, display, $ref: `${baseUrl}/Users/${id}`, type: 'User' },
    }));
  }
}
