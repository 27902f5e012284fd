import { AppError } from '@countersign/api';
import { canonicalJson, isId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { personId } from '../person-input.ts';
import { auditScope } from './audit-access.ts';

export type AuditProposalRow = Selectable<Schema['audit_proposals']>;

/** How long what was proposed can be signed. */
export const signingMilliseconds = 15 * 60_000;

const purpose = 'countersign audit access 1';

/** `until` is epoch milliseconds, at most 90 days from now. */
export const giveAuditAccessInput = z.strictObject({
  personId,
  scope: auditScope,
  content: z.boolean().default(false),
  until: z.number().int(),
  reason: plainLine(500),
});

/** All of what is given: who reads what, of when, whether what records say, and until when. */
const signedAccess = z.strictObject({
  purpose: z.literal(purpose),
  access: z.string(),
  server: z.string(),
  ...giveAuditAccessInput.shape,
  content: z.boolean(),
  expiresAt: z.number().int(),
});
export type SignedAccess = z.output<typeof signedAccess>;

export function writeSignedAccess(access: Omit<SignedAccess, 'purpose'>): string {
  // Without the members that are left out, which canonical JSON cannot carry.
  return canonicalJson(JSON.parse(JSON.stringify({ ...access, purpose })));
}

/** The text is what was shown; a digest that no longer fits it proves nothing. Throws `person.audit_access_not_found`. */
export function readSignedAccess(row: Pick<AuditProposalRow, 'signed_text' | 'digest'>): SignedAccess {
  if (sha256(row.signed_text) !== row.digest) throw new AppError('person.audit_access_not_found');
  return signedAccess.parse(JSON.parse(row.signed_text));
}

/** Throws `person.audit_access_not_found`. */
export async function loadAuditProposal(sql: Kysely<Schema>, id: string): Promise<AuditProposalRow> {
  const row = isId('aud', id)
    ? await sql.selectFrom('audit_proposals').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('person.audit_access_not_found');
  return row;
}

/** Why it cannot be signed; undefined while it can. */
export function findObstacle(row: AuditProposalRow, at: number): string | undefined {
  if (row.signed_by !== null) return 'it was signed before';
  return row.expires_at <= at || readSignedAccess(row).until <= at ? 'it expired' : undefined;
}
