import { AppError } from '@countersign/api';
import { canonicalJson, isId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { sha256 } from '../platform/sha256.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { organisationTermsSchema } from './terms.ts';

export type ChangeRow = Selectable<Schema['organisation_changes']>;

/** How long what was proposed can be signed. */
export const signingMilliseconds = 15 * 60_000;

const purpose = 'countersign organisation 1';

/** The whole of the terms, whether the organisation is new, changed or restored: nothing is left to what stood before. */
const signedChange = z.strictObject({
  purpose: z.literal(purpose),
  change: z.string(),
  server: z.string(),
  terms: organisationTermsSchema,
  expiresAt: z.number().int(),
});
export type SignedChange = z.output<typeof signedChange>;

export function writeSignedChange(change: Omit<SignedChange, 'purpose'>): string {
  // Without the members that are left out, which canonical JSON cannot carry.
  return canonicalJson(JSON.parse(JSON.stringify({ ...change, purpose })));
}

/** The text is what was shown; a digest that no longer fits it proves nothing. Throws `organisation.not_found`. */
export function readSignedChange(row: Pick<ChangeRow, 'signed_text' | 'digest'>): SignedChange {
  if (sha256(row.signed_text) !== row.digest) throw new AppError('organisation.not_found');
  return signedChange.parse(JSON.parse(row.signed_text));
}

/** Throws `organisation.not_found`. */
export async function loadChange(sql: Kysely<Schema>, id: string): Promise<ChangeRow> {
  const row = isId('ogc', id)
    ? await sql.selectFrom('organisation_changes').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('organisation.not_found');
  return row;
}

/** Why it cannot be signed; undefined while it can. */
export function findObstacle(row: ChangeRow, at: number): string | undefined {
  if (row.signed_by !== null) return 'it was signed before';
  return row.expires_at <= at ? 'it expired' : undefined;
}
