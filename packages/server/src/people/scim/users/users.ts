import { leavePerson } from '../../leaving/index.ts';
import { findEqual } from '../filter/find-equal.ts';
import { matchFilter } from '../filter/match-filter.ts';
import { regroup } from '../groups/work-out-groups.ts';
import type { JsonRecord } from '../json.ts';
import { type ListQuery, type Shape, shapeResource, showsAttribute } from '../list-query.ts';
import { applyPatch, mostChanges } from '../patch/apply-patch.ts';
import { readPatch } from '../patch/read-patch.ts';
import { enterpriseUrn, readUser } from '../schemas.ts';
import { refuseScim } from '../scim-error.ts';
import { requireVersion, type ScimRequest, showList } from '../scim-request.ts';
import { changeUser, createUser, readSaid, recordProvisioned } from './save-user.ts';
import { readGroupsOf, showUser } from './show-user.ts';
import { loadUser, selectUsers, toNameKey, type UserRow } from './user-row.ts';

export function addUser(request: ScimRequest, body: JsonRecord): Promise<JsonRecord> {
  return createUser(request, readSaid(readUser(body))).then((row) => show(request, row));
}

export async function getUser(request: ScimRequest, userId: string): Promise<JsonRecord> {
  return show(request, await loadUser(request.context.store, request, userId));
}

/** What is left out of the body is taken away, but who is not active stays so until that is said (RFC 7644 §3.5.1). */
export async function replaceUser(
  request: ScimRequest,
  userId: string,
  body: JsonRecord,
): Promise<JsonRecord> {
  const before = await loadUser(request.context.store, request, userId);
  const said = readSaid(readUser(body));
  return show(request, await changeUser(request, before, () => said));
}

export async function patchUser(request: ScimRequest, userId: string, body: JsonRecord): Promise<JsonRecord> {
  const operations = readPatch(body, mostChanges);
  const before = await loadUser(request.context.store, request, userId);
  const mentionsActive = operations.some(
    ({ path }) => path.length === 1 && path[0]?.toLowerCase() === 'active',
  );
  const row = await changeUser(request, before, (now) => {
    const said = readSaid(readUser(applyPatch(toResource(now), operations)));
    return mentionsActive ? said : { ...said, active: undefined };
  });
  return show(request, row);
}

function toResource(row: UserRow): JsonRecord {
  const attributes = JSON.parse(row.attributes) as JsonRecord;
  const columns = { userName: row.user_name, active: row.active === 1 };
  // So that a path into the extension finds it, whatever its case.
  const extension =
    attributes[enterpriseUrn] === undefined ? {} : { [enterpriseUrn]: attributes[enterpriseUrn] };
  return {
    ...attributes,
    ...extension,
    ...columns,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
  };
}

/** The person leaves and their history stays; to the directory they are gone. */
export async function deleteUser(request: ScimRequest, userId: string): Promise<void> {
  const { context, actor } = request;
  const before = await loadUser(context.store, request, userId);
  requireVersion(request, before.version);
  await leavePerson(context, actor, { personId: userId, cause: 'scim' });
  await context.store.transaction(async (tx) => {
    await loadUser(tx, request, userId);
    await tx.sql.deleteFrom('scim_members').where('person_id', '=', userId).execute();
    await tx.sql.deleteFrom('scim_users').where('person_id', '=', userId).execute();
    await regroup(request, tx, userId);
    recordProvisioned(request, tx, userId, 'deleted');
  });
  // Once more: an activation that crossed it may have let them back in between.
  await leavePerson(context, actor, { personId: userId, cause: 'scim' });
}

const mostScanned = 20_000;
const scannedAtOnce = 500;

export async function listUsers(request: ScimRequest, query: ListQuery): Promise<JsonRecord> {
  const { filter, startIndex, count } = query;
  if (filter === null) {
    const total = await countUsers(request);
    if (count === 0) return showList([], { total, startIndex });
    const rows = await selectUsers(request.context.store, request)
      .orderBy('person_id')
      .limit(count)
      .offset(startIndex - 1)
      .execute();
    return showList(await showAll(request, rows, query.shape), { total, startIndex });
  }
  const found = await findUsers(request, query);
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  return showList(
    page.map((user) => shapeResource(user, query.shape)),
    { total: found.length, startIndex },
  );
}

async function countUsers({ context, directory }: ScimRequest): Promise<number> {
  const { total } = await context.store.sql
    .selectFrom('scim_users')
    .select((all) => all.fn.countAll<number>().as('total'))
    .where('directory', '=', directory)
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** By an index where the filter names one user; otherwise all are looked at, as long as they are few enough. */
async function findUsers(request: ScimRequest, { filter }: ListQuery): Promise<readonly JsonRecord[]> {
  if (filter === null) return [];
  const { store } = request.context;
  const [name, externalId, id] = ['userName', 'externalId', 'id'].map((one) => findEqual(filter, one));
  const isIndexed = name !== undefined || externalId !== undefined || id !== undefined;
  if (!isIndexed && (await countUsers(request)) > mostScanned)
    throw refuseScim('tooMany', 'ask by userName, externalId or id: there are too many users to look at');
  const found: JsonRecord[] = [];
  for (let after = ''; ; ) {
    const rows = await selectUsers(store, request)
      .where('person_id', '>', after)
      .$if(name !== undefined, (one) => one.where('user_name_key', '=', toNameKey(name ?? '')))
      .$if(externalId !== undefined, (one) => one.where('external_id', '=', externalId ?? ''))
      .$if(id !== undefined, (one) => one.where('person_id', '=', id ?? ''))
      .orderBy('person_id')
      .limit(scannedAtOnce)
      .execute();
    const users = await showAll(request, rows, null);
    found.push(...users.filter((user) => matchFilter(user, filter)));
    const last = rows.at(-1);
    if (last === undefined || rows.length < scannedAtOnce) return found;
    after = last.person_id;
  }
}

async function showAll(
  request: ScimRequest,
  rows: readonly UserRow[],
  shape: Shape | null,
): Promise<readonly JsonRecord[]> {
  const ids = rows.map((row) => row.person_id);
  const isWanted = shape === null || showsAttribute(shape, 'groups');
  const groups = await readGroupsOf(request.context.store, request, isWanted ? ids : []);
  return rows.map((row) => {
    const user = showUser(request, row, groups.get(row.person_id) ?? []);
    return shape === null ? user : shapeResource(user, shape);
  });
}

async function show(request: ScimRequest, row: UserRow): Promise<JsonRecord> {
  const groups = await readGroupsOf(request.context.store, request, [row.person_id]);
  return showUser(request, row, groups.get(row.person_id) ?? []);
}
