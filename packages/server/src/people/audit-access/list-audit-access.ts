import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../actor.ts';
import { requirePermission } from '../require-permission.ts';
import { type AuditAccess, auditScope, readAccess } from './audit-access.ts';

export const auditAccessSchema = z.object({
  id: z.string(),
  person: z.string(),
  scope: auditScope,
  content: z.boolean(),
  reason: z.string(),
  givenBy: z.string(),
  givenAt: z.number().int(),
  until: z.number().int(),
  endedAt: z.number().int().nullable(),
  record: z.string(),
});
export const auditAccessesSchema = z.object({ items: z.array(auditAccessSchema).readonly() });

const most = 500;

/** The newest first, those that ended too; at most 500. */
export async function listAuditAccess(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
): Promise<{ readonly items: readonly AuditAccess[] }> {
  requirePermission(actor, 'people.read_audit_access');
  const rows = await store.sql
    .selectFrom('audit_accesses')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return { items: rows.map(readAccess) };
}
