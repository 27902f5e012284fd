import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../../plugins/database/schema.ts';
import { pageSchema } from '../../wire/page.ts';
import type { ClientMetadata } from './client-metadata.ts';

export type ClientRow = Selectable<Schema['clients']>;

/** A registered client as administrators see it. What it says of itself is not verified. */
export const clientAnswer = z.object({
  id: z.string(),
  kind: z.enum(['registered', 'dynamic']),
  name: z.string(),
  redirectUris: z.array(z.string()).readonly(),
  authMethod: z.enum(['none', 'private_key_jwt']),
  dpopBound: z.boolean(),
  softwareId: z.string().nullable(),
  softwareVersion: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.number(),
  usedAt: z.number().nullable(),
});

export const clientPageAnswer = pageSchema(clientAnswer);

export type ClientView = z.infer<typeof clientAnswer>;

export function showClient(row: ClientRow): ClientView {
  const metadata = JSON.parse(row.metadata) as ClientMetadata;
  return {
    id: row.id,
    kind: row.kind,
    name: metadata.name,
    redirectUris: metadata.redirectUris,
    authMethod: metadata.authMethod,
    dpopBound: metadata.dpopBound,
    softwareId: metadata.softwareId,
    softwareVersion: metadata.softwareVersion,
    createdBy: row.created_by,
    createdAt: row.created_at,
    usedAt: row.used_at,
  };
}
