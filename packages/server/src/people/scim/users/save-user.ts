import { AppError } from '@countersign/api';
import { type Transaction, UniqueViolation } from '../../../plugins/database/database.ts';
import { nameActor } from '../../actor.ts';
import { leavePerson, returnPerson } from '../../leaving/index.ts';
import { findLeaving } from '../../leaving/leaving-row.ts';
import type { JsonRecord } from '../json.ts';
import { refuseScim } from '../scim-error.ts';
import { requireVersion, type ScimRequest } from '../scim-request.ts';
import { describePerson } from './describe-person.ts';
import { loadUser, toNameKey, type UserRow } from './user-row.ts';

/** What a directory says of a person, apart from what the server keeps in columns. */
export interface SaidOfUser {
  readonly userName: string;
  readonly externalId: string | null;
  /** Undefined where it says nothing of it. */
  readonly active: boolean | undefined;
  readonly attributes: JsonRecord;
}

const longestName = 320;
const mostBytes = 64 * 1024;

/** Throws `person.scim_invalid`. */
export function readSaid(user: JsonRecord): SaidOfUser {
  const { userName, externalId, active, ...attributes } = user;
  if (typeof userName !== 'string' || userName.trim() === '' || userName.length > longestName)
    throw refuseScim('invalidValue', 'userName: a text of at most 320 characters');
  if (typeof externalId === 'string' && externalId.length > longestName)
    throw refuseScim('invalidValue', 'externalId: a text of at most 320 characters');
  if (Buffer.byteLength(JSON.stringify(attributes)) > mostBytes)
    throw refuseScim('tooMany', 'the user has more to say than is kept');
  return {
    userName,
    externalId: typeof externalId === 'string' ? externalId : null,
    active: typeof active === 'boolean' ? active : undefined,
    attributes,
  };
}

/**
 * Makes the person, or takes over one whom no directory keeps yet and who has the same e-mail. They hold no role by it
 * and join like everybody. Throws `person.scim_conflict`, also when that person left: an address is given to the next who
 * is hired, and nobody but an administrator knows whether it is they who come back.
 */
export async function createUser(request: ScimRequest, said: SaidOfUser): Promise<UserRow> {
  const { context } = request;
  const userId = await keepUnique(() => context.store.transaction((tx) => insertUser(request, tx, said)));
  if (said.active === false) await followActive(request, userId, false);
  return loadUser(context.store, request, userId);
}

async function insertUser(request: ScimRequest, tx: Transaction, said: SaidOfUser): Promise<string> {
  const { context, directory } = request;
  const now = context.platform.now();
  const { displayName, email } = describePerson(said.attributes, said.userName);
  const known =
    email === null
      ? undefined
      : await tx.sql.selectFrom('people').select('id').where('email', '=', email).executeTakeFirst();
  if (known !== undefined && (await findLeaving(tx, known.id)).length > 0)
    throw new AppError('person.scim_conflict');
  const id = known?.id ?? context.platform.newId('per');
  if (known === undefined) {
    await tx.sql
      .insertInto('people')
      .values({ id, display_name: displayName, email, roles: '[]', state: 'invited', created_at: now })
      .execute();
  }
  await tx.sql
    .insertInto('scim_users')
    .values({
      ...{ person_id: id, directory, user_name: said.userName, user_name_key: toNameKey(said.userName) },
      ...{ external_id: said.externalId, active: said.active === false ? 0 : 1 },
      ...{ attributes: JSON.stringify(said.attributes), version: 1, created_at: now, changed_at: now },
    })
    .execute();
  recordProvisioned(request, tx, id, known === undefined ? 'created' : 'taken_over', said);
  return id;
}

/**
 * Replaces what the directory said of the person. One who is not active any more leaves before anything else is written:
 * a name that is taken does not keep them in. Throws `person.scim_not_found`, `person.scim_conflict`,
 * `person.scim_version_changed`.
 */
export async function changeUser(
  request: ScimRequest,
  before: UserRow,
  change: (now: UserRow) => SaidOfUser,
): Promise<UserRow> {
  const { context } = request;
  requireVersion(request, before.version);
  const said = change(before);
  if (said.active === false) await followActive(request, before.person_id, false);
  await keepUnique(() =>
    context.store.transaction((tx) => updateUser(request, tx, before.person_id, change)),
  );
  // Once more when it is durable: an activation that crossed it may have let them back in between.
  if (said.active !== undefined) await followActive(request, before.person_id, said.active);
  return loadUser(context.store, request, before.person_id);
}

async function updateUser(
  request: ScimRequest,
  tx: Transaction,
  userId: string,
  change: (now: UserRow) => SaidOfUser,
): Promise<void> {
  const row = await loadUser(tx, request, userId);
  requireVersion(request, row.version);
  const said = change(row);
  const next = {
    user_name: said.userName,
    user_name_key: toNameKey(said.userName),
    external_id: said.externalId,
    active: (said.active ?? row.active === 1) ? 1 : 0,
    attributes: JSON.stringify(said.attributes),
  };
  const isSame = Object.entries(next).every(([key, value]) => row[key as keyof typeof next] === value);
  if (isSame) return;
  await tx.sql
    .updateTable('scim_users')
    .set({ ...next, version: row.version + 1, changed_at: request.context.platform.now() })
    .where('person_id', '=', userId)
    .execute();
  const { displayName, email } = describePerson(said.attributes, said.userName);
  await tx.sql
    .updateTable('people')
    .set({ display_name: displayName, email })
    .where('id', '=', userId)
    .execute();
  recordProvisioned(request, tx, userId, 'changed', said);
}

/** Throws `person.scim_conflict` for a user name, an e-mail or a person that is taken. */
async function keepUnique<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('person.scim_conflict') : thrown;
  }
}

async function followActive(
  { context, actor }: ScimRequest,
  personId: string,
  active: boolean,
): Promise<void> {
  const cause = 'scim';
  if (!active) await leavePerson(context, actor, { personId, cause });
  else if ((await findLeaving(context.store, personId)).some((one) => one.cause === cause))
    await returnPerson(context, actor, { personId, cause });
}

/** Names of attributes, never their values. */
export function recordProvisioned(
  { context, directory, actor }: ScimRequest,
  tx: Transaction,
  personId: string,
  change: 'created' | 'taken_over' | 'changed' | 'deleted',
  said?: SaidOfUser,
): void {
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'person.provisioned',
    at: context.platform.now(),
    causes: [],
    person: personId,
    body: {
      ...{ by: nameActor(actor), directory, change },
      ...(said === undefined ? {} : { attributes: Object.keys(said.attributes).slice(0, 50) }),
      ...(said?.active === undefined ? {} : { active: said.active }),
    },
  });
}
