import type { Context } from '../../../context.ts';
import type { Transaction } from '../../../plugins/database/database.ts';
import { refuseScim } from '../scim-error.ts';
import type { ScimRequest } from '../scim-request.ts';
import { regroupAll } from './work-out-groups.ts';

/** Rows of one statement, and members of one transaction: each stays far below the limit of its time. */
const rowsAtOnce = 400;
const membersAtOnce = 4_000;

/** A group has no more: beyond it a directory means something else. */
export const mostMembers = 100_000;

/** What happens to the members, in this order. */
export interface MemberChange {
  readonly kind: 'add' | 'remove' | 'replace';
  readonly members: ReadonlySet<string>;
}

export interface ChangedGroup {
  readonly id: string;
  /** Whether being in it gives anything here. */
  readonly gives: boolean;
}

/** Throws `person.scim_invalid` unless the directory keeps all of these people. */
export async function requireUsers(request: ScimRequest, ids: ReadonlySet<string>): Promise<void> {
  for (const some of cut([...ids], rowsAtOnce)) {
    const rows = await request.context.store.sql
      .selectFrom('scim_users')
      .select('directory')
      .where('person_id', 'in', some)
      .execute();
    // By their key alone: with the directory a database may read the index of all its users each time.
    const own = rows.filter(({ directory }) => directory === request.directory);
    if (own.length !== some.length) throw refuseScim('invalidValue', 'members: somebody who is no user');
  }
}

/**
 * Changes only the rows of those who come and go, in transactions of a bounded size, and notes whose groups have to be
 * worked out. What a crash interrupts, the same request does again.
 */
export async function changeMembers(
  request: ScimRequest,
  group: ChangedGroup,
  { kind, members }: MemberChange,
): Promise<boolean> {
  const { context } = request;
  const before = kind === 'replace' ? await readMemberIds(context, group.id) : null;
  const gone =
    before === null ? (kind === 'remove' ? [...members] : []) : [...before].filter((id) => !members.has(id));
  const come = kind === 'remove' ? [] : [...members].filter((id) => before?.has(id) !== true);
  // Counted too high when some of them are members already: near the bound, ask for less.
  const count = kind === 'add' ? (await countMembers(context, group.id)) + come.length : members.size;
  if (kind !== 'remove' && count > mostMembers)
    throw refuseScim('tooMany', `members: at most ${mostMembers}`);
  let changed = 0;
  for (const some of cut(gone, membersAtOnce))
    changed += await context.store.transaction((tx) => removeSome(request, tx, group, some));
  for (const some of cut(come, membersAtOnce))
    changed += await context.store.transaction((tx) => addSome(request, tx, group, some));
  return changed > 0;
}

async function removeSome(
  request: ScimRequest,
  tx: Transaction,
  group: ChangedGroup,
  ids: readonly string[],
): Promise<number> {
  let removed = 0;
  for (const some of cut(ids, rowsAtOnce)) {
    const present = [...(await findMembers(tx, group.id, some))];
    if (present.length === 0) continue;
    await tx.sql
      .deleteFrom('scim_members')
      .where('group_id', '=', group.id)
      .where('person_id', 'in', present)
      .execute();
    if (group.gives) await regroupAll(request, tx, present);
    removed += present.length;
  }
  return removed;
}

async function addSome(
  request: ScimRequest,
  tx: Transaction,
  group: ChangedGroup,
  ids: readonly string[],
): Promise<number> {
  let added = 0;
  for (const some of cut(ids, rowsAtOnce)) {
    const present = await findMembers(tx, group.id, some);
    const fresh = some.filter((id) => !present.has(id));
    if (fresh.length === 0) continue;
    await tx.sql
      .insertInto('scim_members')
      .values(fresh.map((id) => ({ group_id: group.id, person_id: id })))
      .execute();
    if (group.gives) await regroupAll(request, tx, fresh);
    added += fresh.length;
  }
  return added;
}

/** Which of these are in the group. */
async function findMembers(
  { sql }: Pick<Transaction, 'sql'>,
  groupId: string,
  among: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await sql
    .selectFrom('scim_members')
    .select('person_id')
    .where('group_id', '=', groupId)
    .where('person_id', 'in', among)
    .execute();
  return new Set(rows.map((row) => row.person_id));
}

/** For a group that goes, or that gives something else from now on. */
export async function regroupMembers(
  request: Pick<ScimRequest, 'context' | 'directory'>,
  groupId: string,
): Promise<void> {
  for (const some of cut([...(await readMemberIds(request.context, groupId))], membersAtOnce)) {
    await request.context.store.transaction(async (tx) => {
      for (const few of cut(some, rowsAtOnce)) await regroupAll(request, tx, few);
    });
  }
}

export async function countMembers({ store }: Pick<Context, 'store'>, groupId: string): Promise<number> {
  const { total } = await store.sql
    .selectFrom('scim_members')
    .select((all) => all.fn.countAll<number>().as('total'))
    .where('group_id', '=', groupId)
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** Ids alone, of a bounded number: what a hundred thousand take in memory is some megabytes, for the time of one request. */
export async function readMemberIds(
  { store }: Pick<Context, 'store'>,
  groupId: string,
): Promise<ReadonlySet<string>> {
  const rows = await store.sql
    .selectFrom('scim_members')
    .select('person_id')
    .where('group_id', '=', groupId)
    .execute();
  return new Set(rows.map((row) => row.person_id));
}

function* cut<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
