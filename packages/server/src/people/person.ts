import { type Role, roles } from '@countersign/api';
import type { Selectable } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  /** What they may do in this product. */
  readonly roles: readonly Role[];
  /** Further names that policies may call: `role:finance`. */
  readonly groups: readonly string[];
  readonly state: 'invited' | 'active' | 'suspended';
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export function readPerson(row: Selectable<Schema['people']>): Person {
  const names: readonly string[] = JSON.parse(row.roles);
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

export function isRole(name: string): name is Role {
  return roles.some((role) => role === name);
}
