import type { Selectable } from 'kysely';
import type { Schema } from '../../../plugins/database/schema.ts';

/** A directory's token as administrators see it; never the token itself. Times are epoch milliseconds. */
export interface ScimTokenView {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly agents: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
}

export function showToken(row: Selectable<Schema['scim_tokens']>): ScimTokenView {
  return {
    id: row.id,
    name: row.name,
    directory: row.directory,
    agents: row.agents === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
