import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Schema } from '../../plugins/database/schema.ts';

const list = (pattern: RegExp) => z.array(z.string().max(64).regex(pattern)).min(1).max(50);

/** What is named must hold; of several values one. Times are epoch milliseconds of the records, `to` exclusive. */
export const auditScope = z
  .strictObject({
    kinds: list(/^[a-z]+\.(?:\*|[a-z_]+)$/)
      .describe('Kinds of records, such as action.* or approval.granted')
      .optional(),
    upstreams: list(/^[^\s/]{1,63}$/).optional(),
    agents: list(/^agt_[0-9A-Z]{26}$/).optional(),
    tasks: list(/^tsk_[0-9A-Z]{26}$/).optional(),
    from: z.number().int().min(0).optional(),
    to: z.number().int().min(0).optional(),
  })
  .refine((scope) => Object.values(scope).some((part) => part !== undefined), {
    message: 'a scope names something',
  });
export type AuditScope = z.output<typeof auditScope>;

/** Access of an auditor from elsewhere: to some records, for some time, to read them and nothing else. */
export interface AuditAccess {
  readonly id: string;
  readonly person: string;
  readonly scope: AuditScope;
  /** Whether they see what records say, not only whom and what they name. */
  readonly content: boolean;
  readonly reason: string;
  readonly givenBy: string;
  /** Epoch milliseconds. */
  readonly givenAt: number;
  /** Exclusive. */
  readonly until: number;
  readonly endedAt: number | null;
  /** The ledger record that gave it. */
  readonly record: string;
}

/** The access that a person has now, if any. */
export async function findAuditAccess(
  { platform, store }: Pick<Context, 'platform' | 'store'>,
  personId: string,
): Promise<AuditAccess | undefined> {
  const row = await store.sql
    .selectFrom('audit_accesses')
    .selectAll()
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .where('until', '>', platform.now())
    .executeTakeFirst();
  return row && readAccess(row);
}

export function readAccess(row: Selectable<Schema['audit_accesses']>): AuditAccess {
  return {
    id: row.id,
    person: row.person_id,
    // Refused rather than read as wider than it was written.
    scope: auditScope.parse(JSON.parse(row.scope)),
    content: row.content === 1,
    reason: row.reason,
    givenBy: row.given_by,
    givenAt: row.given_at,
    until: row.until,
    endedAt: row.ended_at,
    record: row.record,
  };
}
