import type { Context } from '../../../context.ts';
import { mapGroups } from '../../directory-groups.ts';
import type { ScimRequest } from '../scim-request.ts';
import { regroupMembers } from './change-members.ts';

/** Has all members worked out anew. What the group gives is written last, so that a crash before is made good at the start. */
export async function giveAnew(
  request: Pick<ScimRequest, 'context' | 'directory'>,
  groupId: string,
  gives: string,
): Promise<void> {
  await regroupMembers(request, groupId);
  const { sql } = request.context.store;
  await sql.updateTable('scim_groups').set({ gives }).where('id', '=', groupId).execute();
}

/** At the start: what `people.groups` gives since it was changed, it gives those too who were in the groups before. */
export async function followMapping(context: Context): Promise<void> {
  const rows = await context.store.sql
    .selectFrom('scim_groups')
    .select(['id', 'directory', 'display_name', 'gives'])
    .execute();
  for (const { id, directory, display_name: name, gives } of rows) {
    const now = JSON.stringify(mapGroups([name], context.config.people.groups));
    if (now !== gives) await giveAnew({ context, directory }, id, now);
  }
}
