import { type Role, roles } from '@countersign/api';
import type { Selectable } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  /** What they may do in this product; given by administrators or by a directory. */
  readonly roles: readonly Role[];
  /** Further names that policies may call: `role:finance`. */
  readonly groups: readonly string[];
  readonly state: 'invited' | 'active' | 'suspended';
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export function readPerson(row: Selectable<Schema['people']>): Person {
  const names = listNames(row);
  return {
    id: row.id,
    displayName: row.display_name,
    email: row.email,
    roles: names.filter(isRole),
    groups: names.filter((name) => !isRole(name)),
    state: row.state,
    createdAt: row.created_at,
  };
}

/** The person's roles and groups together: what administrators gave, then what each directory gives. */
export function listNames(
  row: Pick<Selectable<Schema['people']>, 'roles' | 'directory_groups'>,
): readonly string[] {
  const given: readonly string[] = JSON.parse(row.roles);
  const directed: Readonly<Record<string, readonly string[]>> = JSON.parse(row.directory_groups);
  return [...new Set([...given, ...Object.values(directed).flat()])];
}

export function isRole(name: string): name is Role {
  return roles.some((role) => role === name);
}
