import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { Actor } from './actor.ts';
import { getPerson } from './get-person.ts';
import type { Leaving } from './leaving/leave-person.ts';
import { isRole } from './person.ts';
import { recordRoles } from './record-roles.ts';

/** Where a person's groups come from; each speaks for itself alone. */
export type Directory = 'oidc' | 'scim';

const groupName = /^[a-z][a-z0-9_-]{0,63}$/;
const mostGroups = 256;

/**
 * What the directory's groups give here: what `people.groups` maps them to; a group that it does not name is itself a
 * group when its name is one, but never a role.
 */
export function mapGroups(
  names: readonly string[],
  mapped: Context['config']['people']['groups'],
): readonly string[] {
  const given = new Set<string>();
  for (const name of names) {
    const rules = mapped.filter(({ directory }) => directory === name);
    for (const { as } of rules) given.add(as);
    if (rules.length === 0 && groupName.test(name) && !isRole(name)) given.add(name);
  }
  return [...given].sort().slice(0, mostGroups);
}

export interface GroupsSaid {
  readonly personId: string;
  readonly directory: Directory;
  readonly groups: readonly string[];
  /** Whether these are all; when not, earlier groups stay beside them, but no role that is not said again. */
  readonly isWhole?: boolean;
}

/**
 * Replaces what one directory gives the person, in the transaction that learned of it. Their votes count by it at once,
 * and who may not own agents any more loses them.
 * Returns the record of the change, or undefined when nothing changed.
 */
export async function setDirectoryGroups(
  context: Leaving,
  tx: Transaction,
  actor: Actor,
  change: GroupsSaid,
): Promise<string | undefined> {
  const { personId, directory, isWhole = true } = change;
  const before = await getPerson(tx, personId);
  const row = await tx.sql
    .selectFrom('people')
    .select('directory_groups')
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  const kept: Partial<Record<Directory, readonly string[]>> = JSON.parse(row.directory_groups);
  const said = mapGroups(change.groups, context.config.people.groups);
  const stay = isWhole ? [] : (kept[directory] ?? []).filter((name) => !isRole(name));
  const given = [...new Set([...said, ...stay])].sort().slice(0, mostGroups);
  if (JSON.stringify(kept[directory] ?? []) === JSON.stringify(given)) return undefined;
  await tx.sql
    .updateTable('people')
    .set({ directory_groups: JSON.stringify({ ...kept, [directory]: given }) })
    .where('id', '=', personId)
    .execute();
  const after = await getPerson(tx, personId);
  const record = await recordRoles(context, tx, actor, {
    ...{ before, after, directory },
    rolesAfter: [...after.roles, ...after.groups],
  });
  tx.afterCommit(() => {
    context.agents.forgetOwner(personId);
    context.approvals
      .refreshVoter(personId)
      .catch((err: unknown) => context.log.error({ err, person: personId }, 'counting votes anew failed'));
  });
  return record;
}
