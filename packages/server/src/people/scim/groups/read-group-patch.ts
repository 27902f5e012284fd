import type { Filter } from '../filter/parse-filter.ts';
import { isRecord, type JsonRecord, readMember } from '../json.ts';
import { type PatchOperation, readPatch } from '../patch/read-patch.ts';
import { refuseScim } from '../scim-error.ts';
import type { MemberChange } from './change-members.ts';

export interface GroupPatch {
  readonly displayName?: string;
  readonly externalId?: string | null;
  readonly members: readonly MemberChange[];
}

const mostOperations = 1_000;

/** Hostile. What changes, so that one member of a hundred thousand is one row. Throws `person.scim_invalid`. */
export function readGroupPatch(body: JsonRecord): GroupPatch {
  let patch: GroupPatch = { members: [] };
  for (const operation of readPatch(body, mostOperations)) {
    const attribute = operation.path.length === 1 ? operation.path[0]?.toLowerCase() : undefined;
    if (attribute === 'members')
      patch = { ...patch, members: [...patch.members, ...readMembersOf(operation)] };
    else if (attribute === 'displayname')
      patch = { ...patch, displayName: readText(operation, 'displayName') };
    else if (attribute === 'externalid' && operation.op === 'remove') patch = { ...patch, externalId: null };
    else if (attribute === 'externalid') patch = { ...patch, externalId: readText(operation, 'externalId') };
    // Okta repeats the id of the group it means.
    else if (attribute !== 'id') throw refuseScim('invalidPath', 'a group has no such attribute to change');
  }
  return patch;
}

function readText({ op, value }: PatchOperation, name: string): string {
  if (op === 'remove' || typeof value !== 'string') throw refuseScim('invalidValue', `${name}: a text`);
  return value;
}

function readMembersOf({ op, which, value }: PatchOperation): readonly MemberChange[] {
  if (which !== null) {
    if (op !== 'remove') throw refuseScim('invalidPath', 'members: only taking away knows a filter');
    return [{ kind: 'remove', members: new Set(listNamed(which)) }];
  }
  if (op === 'remove' && (value === undefined || value === null))
    return [{ kind: 'replace', members: new Set() }];
  return [{ kind: op, members: readMemberList(value) }];
}

/** `value eq "…"`, or several of them. */
function listNamed(filter: Filter): readonly string[] {
  if (filter.kind === 'or') return filter.terms.flatMap(listNamed);
  const isValue =
    filter.kind === 'compare' && filter.by === 'eq' && filter.path[0]?.toLowerCase() === 'value';
  if (isValue && typeof filter.value === 'string') return [filter.value];
  throw refuseScim('invalidPath', 'members: a filter names members by their value');
}

/** Hostile. The ids of a list of members; each once. Throws `person.scim_invalid`. */
export function readMemberList(value: unknown): ReadonlySet<string> {
  const members = new Set<string>();
  for (const member of [value].flat()) {
    const id = isRecord(member) ? readMember(member, 'value') : member;
    if (typeof id !== 'string') throw refuseScim('invalidValue', 'members: each has a value');
    const type = isRecord(member) ? readMember(member, 'type') : undefined;
    if (typeof type === 'string' && type.toLowerCase() === 'group')
      throw refuseScim('invalidValue', 'members: groups in groups are not kept; send the people');
    members.add(id);
  }
  return members;
}
