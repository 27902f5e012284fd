import { AppError } from '@countersign/api';
import { type IdPrefix, isId } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import { everything, type StopScope } from './stops.ts';

const prefixes = {
  agent: 'agt',
  delegation: 'dlg',
  task: 'tsk',
  owner: 'per',
} as const satisfies Partial<Record<StopScope, IdPrefix>>;

const upstreamName = /^[a-z][a-z0-9-]{0,62}$/;

/** Whether a target, which is hostile, can name something of the scope at all. */
export function isStopTarget(scope: StopScope, target: string): boolean {
  switch (scope) {
    case 'everything':
      return target === everything;
    case 'upstream':
      return upstreamName.test(target);
    case 'tool': {
      const [upstream = '', ...tool] = target.split('/');
      return upstreamName.test(upstream) && tool.join('/') !== '' && target.length <= 512;
    }
    default:
      return isId(prefixes[scope], target);
  }
}

/** Throws the noun's own `not_found` when nothing has that name: a stop with a typing error would stop nothing. */
export async function requireStopTarget(
  sql: Kysely<Schema>,
  scope: StopScope,
  target: string,
): Promise<void> {
  const [exists, code] = await findTarget(sql, scope, target);
  if (!exists) throw new AppError(code);
}

async function findTarget(sql: Kysely<Schema>, scope: StopScope, target: string) {
  switch (scope) {
    case 'everything':
      return [true, 'signal.not_found'] as const;
    case 'upstream':
      return [await hasRow(sql, 'upstreams', 'name', target), 'upstream.not_found'] as const;
    case 'tool':
      return [await hasTool(sql, target), 'action.tool_unknown'] as const;
    case 'agent':
      return [await hasRow(sql, 'agents', 'id', target), 'agent.not_found'] as const;
    case 'owner':
      return [await hasRow(sql, 'people', 'id', target), 'person.not_found'] as const;
    case 'task':
      return [await hasRow(sql, 'tasks', 'id', target), 'task.not_found'] as const;
    case 'delegation':
      return [await hasRow(sql, 'delegations', 'id', target), 'delegation.not_found'] as const;
  }
}

async function hasRow(
  sql: Kysely<Schema>,
  table: 'agents' | 'people' | 'tasks' | 'delegations' | 'upstreams',
  column: 'id' | 'name',
  value: string,
): Promise<boolean> {
  const { ref } = sql.dynamic;
  const row = await sql
    .selectFrom(table)
    .select(ref(column))
    .where(ref(column), '=', value)
    .executeTakeFirst();
  return row !== undefined;
}

async function hasTool(sql: Kysely<Schema>, target: string): Promise<boolean> {
  const slash = target.indexOf('/');
  const row = await sql
    .selectFrom('tools')
    .select('name')
    .where('upstream', '=', target.slice(0, slash))
    .where('name', '=', target.slice(slash + 1))
    .executeTakeFirst();
  return row !== undefined;
}
