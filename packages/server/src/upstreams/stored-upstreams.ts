import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { ToolRow, UpstreamRow } from './live-upstream.ts';

type Sql = Kysely<Schema>;

export function findUpstream(sql: Sql, name: string): Promise<UpstreamRow | undefined> {
  return sql.selectFrom('upstreams').selectAll().where('name', '=', name).executeTakeFirst();
}

/** Throws `upstream.not_found`. */
export async function loadUpstream(sql: Sql, name: string): Promise<UpstreamRow> {
  const row = await findUpstream(sql, name);
  if (row === undefined) throw new AppError('upstream.not_found');
  return row;
}

export async function loadTools(sql: Sql, upstream: string): Promise<ToolRow[]> {
  return sql
    .selectFrom('tools')
    .selectAll()
    .where('upstream', '=', upstream)
    .orderBy('position')
    .orderBy('name')
    .execute();
}

/** Throws `upstream.tool_not_found`. */
export async function loadTool(sql: Sql, upstream: string, name: string): Promise<ToolRow> {
  const row = await sql
    .selectFrom('tools')
    .selectAll()
    .where('upstream', '=', upstream)
    .where('name', '=', name)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('upstream.tool_not_found');
  return row;
}

export async function insertTools(sql: Sql, rows: readonly ToolRow[]): Promise<void> {
  for (const row of rows) await sql.insertInto('tools').values(row).execute();
}

export async function updateTool(sql: Sql, row: ToolRow): Promise<void> {
  const { upstream, name, ...rest } = row;
  await sql
    .updateTable('tools')
    .set(rest)
    .where('upstream', '=', upstream)
    .where('name', '=', name)
    .execute();
}
