import type { AgentState as AgentLifecycle } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';

/** An agent as people see it. Times are epoch milliseconds. */
export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly ownerName: string;
  /** An agent of an owner who is not active may do nothing, whatever its own state. */
  readonly ownerState: 'invited' | 'active' | 'suspended';
  readonly purpose: string;
  readonly environment: string;
  /** Names that policies know it by together with others. */
  readonly groups: readonly string[];
  readonly state: AgentLifecycle;
  readonly createdAt: number;
  readonly changedAt: number;
}

export function selectAgents(sql: Kysely<Schema>) {
  return sql
    .selectFrom('agents')
    .innerJoin('people', 'people.id', 'agents.owner_id')
    .selectAll('agents')
    .select(['people.display_name as owner_name', 'people.state as owner_state']);
}

export type AgentRow = Awaited<ReturnType<ReturnType<typeof selectAgents>['executeTakeFirstOrThrow']>>;

export function showAgent(row: AgentRow): AgentView {
  return {
    id: row.id,
    name: row.name,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    ownerState: row.owner_state,
    purpose: row.purpose,
    environment: row.environment,
    groups: readGroups(row),
    state: row.state,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

/** JSON that this server wrote itself. */
export function readGroups(row: Pick<AgentRow, 'group_names'>): readonly string[] {
  return JSON.parse(row.group_names) as readonly string[];
}
