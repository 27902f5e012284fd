import type { Context } from '../../../context.ts';
import type { Transaction } from '../../../plugins/database/database.ts';
import type { Actor } from '../../actor.ts';
import { setDirectoryGroups } from '../../directory-groups.ts';
import type { ScimRequest } from '../scim-request.ts';

/** Few enough that one transaction stays far below its limit of time. */
const peopleAtOnce = 25;
const checkMilliseconds = 5_000;

/** Notes that the groups of the person have changed, in the transaction that changed them. */
export async function regroup(
  { directory }: Pick<ScimRequest, 'directory'>,
  tx: Transaction,
  personId: string,
): Promise<void> {
  await regroupAll({ directory }, tx, [personId]);
}

export async function regroupAll(
  { directory }: Pick<ScimRequest, 'directory'>,
  tx: Transaction,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return;
  await tx.sql
    .insertInto('scim_regroupings')
    .values(personIds.map((id) => ({ person_id: id, token: directory })))
    .onConflict((conflict) => conflict.column('person_id').doNothing())
    .execute();
}

/** Gives people what their groups give, as long as some are left and at most so many; the rest is for the job. */
export async function workOutGroups(context: Context, most: number): Promise<void> {
  for (let done = 0; done < most; ) {
    const found = await context.store.transaction((tx) => workOutSome(context, tx));
    if (found === 0) return;
    done += found;
  }
}

async function workOutSome(context: Context, tx: Transaction): Promise<number> {
  const waiting = await tx.sql.selectFrom('scim_regroupings').selectAll().limit(peopleAtOnce).execute();
  for (const { person_id: personId, token: directory } of waiting) {
    const rows = await tx.sql
      .selectFrom('scim_members')
      .innerJoin('scim_groups', 'scim_groups.id', 'scim_members.group_id')
      .select('scim_groups.display_name')
      .where('scim_members.person_id', '=', personId)
      .orderBy('scim_groups.id')
      .execute();
    const actor: Actor = { kind: 'system', part: `scim:${directory}` };
    const groups = rows.map((row) => row.display_name);
    await setDirectoryGroups(context, tx, actor, { personId, directory: 'scim', groups });
    await tx.sql.deleteFrom('scim_regroupings').where('person_id', '=', personId).execute();
  }
  return waiting.length;
}

/** Works out what is left over, and returns when to look again, in epoch milliseconds. */
export async function regroupPeople(context: Context): Promise<number> {
  const waiting = await context.store.sql
    .selectFrom('scim_regroupings')
    .select('person_id')
    .limit(1)
    .execute();
  if (waiting.length > 0) await workOutGroups(context, Number.POSITIVE_INFINITY);
  return context.platform.now() + checkMilliseconds;
}
