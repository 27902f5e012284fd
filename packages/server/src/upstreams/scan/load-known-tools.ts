import { isJsonObject, type JsonObject, type KnownTool } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { ToolRow } from '../live-upstream.ts';

const mostTools = 10_000;

/** The accepted definitions of all upstreams, of those that were added earlier than `before` alone when it is given. */
export async function loadKnownTools(sql: Kysely<Schema>, before?: number): Promise<readonly KnownTool[]> {
  let query = sql
    .selectFrom('tools')
    .innerJoin('upstreams', 'upstreams.name', 'tools.upstream')
    .select(['tools.upstream', 'tools.name', 'tools.definition'])
    .where('upstreams.kind', '!=', 'model')
    .where((where) =>
      where.or([
        where('tools.offered_digest', 'is', null),
        where('tools.offered_digest', '!=', where.ref('tools.digest')),
      ]),
    );
  if (before !== undefined) query = query.where('upstreams.created_at', '<', before);
  const rows = await query.orderBy('tools.upstream').orderBy('tools.name').limit(mostTools).execute();
  return rows.map(({ upstream, name, definition }) => ({
    upstream,
    definition: { ...parse(definition), name },
  }));
}

/** Equal digests mean that no definition of it was ever accepted. */
export function isAccepted({ digest, offered_digest }: Pick<ToolRow, 'digest' | 'offered_digest'>): boolean {
  return offered_digest !== digest;
}

function parse(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}
