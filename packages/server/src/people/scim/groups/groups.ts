import { AppError } from '@countersign/api';
import { UniqueViolation } from '../../../plugins/database/database.ts';
import { mapGroups } from '../../directory-groups.ts';
import { findEqual } from '../filter/find-equal.ts';
import { matchFilter } from '../filter/match-filter.ts';
import type { JsonRecord } from '../json.ts';
import { readMember } from '../json.ts';
import { type ListQuery, shapeResource } from '../list-query.ts';
import { readGroup } from '../schemas.ts';
import { refuseScim } from '../scim-error.ts';
import { requireVersion, type ScimRequest, showList } from '../scim-request.ts';
import { toNameKey } from '../users/user-row.ts';
import { changeMembers, readMemberIds, requireUsers } from './change-members.ts';
import { giveAnew } from './give-anew.ts';
import { type GroupRow, loadGroup, selectGroups } from './group-row.ts';
import { type GroupPatch, readGroupPatch, readMemberList } from './read-group-patch.ts';
import { showGroup } from './show-group.ts';
import { workOutGroups } from './work-out-groups.ts';

const longestName = 256;
/** Whose groups are worked out before the answer; for the rest of a large change there is a job. */
const workedOutAtOnce = 500;

interface SaidOfGroup {
  readonly displayName: string;
  readonly externalId: string | null;
  readonly members: ReadonlySet<string>;
}

/** Members are read apart: the library's check of each would take minutes for a hundred thousand. */
function readSaid(body: JsonRecord): SaidOfGroup {
  const members = readMember(body, 'members');
  const others = Object.fromEntries(Object.entries(body).filter(([key]) => key.toLowerCase() !== 'members'));
  const { displayName, externalId } = readGroup(others);
  return {
    displayName: requireName(displayName),
    externalId: typeof externalId === 'string' ? externalId.slice(0, longestName) : null,
    members: members === undefined || members === null ? new Set() : readMemberList(members),
  };
}

function requireName(name: unknown): string {
  if (typeof name !== 'string' || name.trim() === '' || name.length > longestName)
    throw refuseScim('invalidValue', 'displayName: a text of at most 256 characters');
  return name;
}

/** Throws `person.scim_conflict`, `person.scim_invalid`. */
export async function addGroup(request: ScimRequest, body: JsonRecord): Promise<GroupRow> {
  const { context } = request;
  const said = readSaid(body);
  await requireUsers(request, said.members);
  const now = context.platform.now();
  const row: GroupRow = {
    ...{ id: context.platform.newId('grp'), directory: request.directory, display_name: said.displayName },
    ...{ display_name_key: toNameKey(said.displayName), external_id: said.externalId, version: 1 },
    ...{ gives: workOutGives(request, said.displayName), created_at: now, changed_at: now },
  };
  await keepUnique(() =>
    context.store.transaction((tx) => tx.sql.insertInto('scim_groups').values(row).execute()),
  );
  await changeMembers(request, toChanged(row), { kind: 'add', members: said.members });
  await workOutGroups(context, workedOutAtOnce);
  return row;
}

export async function replaceGroup(
  request: ScimRequest,
  groupId: string,
  body: JsonRecord,
): Promise<GroupRow> {
  const { displayName, externalId, members } = readSaid(body);
  const change = { kind: 'replace' as const, members };
  return changeGroup(request, groupId, { displayName, externalId, members: [change] });
}

export function patchGroup(request: ScimRequest, groupId: string, body: JsonRecord): Promise<GroupRow> {
  return changeGroup(request, groupId, readGroupPatch(body));
}

async function changeGroup(request: ScimRequest, groupId: string, patch: GroupPatch): Promise<GroupRow> {
  const { context } = request;
  const before = await loadGroup(context.store, request, groupId);
  requireVersion(request, before.version);
  const name = requireName(patch.displayName ?? before.display_name);
  for (const { kind, members } of patch.members) if (kind !== 'remove') await requireUsers(request, members);
  const gives = workOutGives(request, name);
  const next = {
    ...{ display_name: name, display_name_key: toNameKey(name) },
    external_id: patch.externalId === undefined ? before.external_id : patch.externalId,
  };
  let isChanged = Object.entries(next).some(([key, value]) => before[key as keyof typeof next] !== value);
  if (isChanged) await keepUnique(() => saveGroup(request, groupId, next));
  if (before.gives !== gives) await giveAnew(request, groupId, gives);
  for (const change of patch.members)
    isChanged = (await changeMembers(request, toChanged({ ...before, gives }), change)) || isChanged;
  if (isChanged) await touch(request, groupId);
  await workOutGroups(context, workedOutAtOnce);
  return loadGroup(context.store, request, groupId);
}

function toChanged(row: Pick<GroupRow, 'id' | 'gives'>): { readonly id: string; readonly gives: boolean } {
  return { id: row.id, gives: row.gives !== '[]' };
}

function workOutGives({ context }: ScimRequest, name: string): string {
  return JSON.stringify(mapGroups([name], context.config.people.groups));
}

async function saveGroup(
  { context, directory }: ScimRequest,
  groupId: string,
  next: Pick<GroupRow, 'display_name' | 'display_name_key' | 'external_id'>,
): Promise<void> {
  await context.store.transaction((tx) =>
    tx.sql
      .updateTable('scim_groups')
      .set(next)
      .where('id', '=', groupId)
      .where('directory', '=', directory)
      .execute(),
  );
}

async function touch({ context }: ScimRequest, groupId: string): Promise<void> {
  await context.store.sql
    .updateTable('scim_groups')
    .set((row) => ({ version: row('version', '+', 1), changed_at: context.platform.now() }))
    .where('id', '=', groupId)
    .execute();
}

export async function deleteGroup(request: ScimRequest, groupId: string): Promise<void> {
  const { context } = request;
  const before = await loadGroup(context.store, request, groupId);
  requireVersion(request, before.version);
  const members = await readMemberIds(context, groupId);
  await changeMembers(request, toChanged(before), { kind: 'remove', members });
  await context.store.transaction(async (tx) => {
    await loadGroup(tx, request, groupId);
    await tx.sql.deleteFrom('scim_members').where('group_id', '=', groupId).execute();
    await tx.sql.deleteFrom('scim_groups').where('id', '=', groupId).execute();
  });
  await workOutGroups(context, workedOutAtOnce);
}

const mostScanned = 20_000;

/** Without members, whoever asks: of two hundred groups they would be twenty million. Each group shows its own. */
export async function listGroups(request: ScimRequest, query: ListQuery): Promise<JsonRecord> {
  const { filter, startIndex, count, shape } = query;
  const name = filter === null ? undefined : findEqual(filter, 'displayName');
  const rows = await selectGroups(request.context.store, request)
    .$if(name !== undefined, (one) => one.where('display_name_key', '=', toNameKey(name ?? '')))
    .orderBy('id')
    .limit(mostScanned + 1)
    .execute();
  if (rows.length > mostScanned) throw refuseScim('tooMany', 'there are too many groups to look at');
  const groups = rows.map((row) => showGroup(request, row));
  const found = filter === null ? groups : groups.filter((group) => matchFilter(group, filter));
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  return showList(
    page.map((group) => shapeResource(group, shape)),
    { total: found.length, startIndex },
  );
}

async function keepUnique<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('person.scim_conflict') : thrown;
  }
}
