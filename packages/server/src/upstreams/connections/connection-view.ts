import { z } from 'zod';
import type { ConnectionRow } from './connection-parts.ts';

/** A connection as people see it: never a token. */
export const connectionAnswer = z.object({
  id: z.string(),
  upstream: z.string(),
  personId: z.string(),
  issuer: z.string(),
  resource: z.string().nullable(),
  scopes: z.array(z.string()).readonly(),
  bound: z.boolean().describe('Whether its tokens are bound to a key (RFC 9449).'),
  createdAt: z.number().int(),
  refreshedAt: z.number().int().nullable(),
});
export type ConnectionView = Readonly<z.infer<typeof connectionAnswer>>;

export function showConnection(row: ConnectionRow): ConnectionView {
  return {
    id: row.id,
    upstream: row.upstream,
    personId: row.person_id,
    issuer: row.issuer,
    resource: row.resource,
    scopes: JSON.parse(row.scopes),
    bound: row.is_bound === 1,
    createdAt: row.created_at,
    refreshedAt: row.refreshed_at,
  };
}
