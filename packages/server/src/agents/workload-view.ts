import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../plugins/database/schema.ts';

type WorkloadRow = Selectable<Schema['agent_workloads']>;

/** A workload that is the agent: it proves itself by what its platform says of it, and keeps no key. */
export interface WorkloadView {
  readonly id: string;
  /** The platform's name in the configuration. */
  readonly trust: string;
  /** Exactly what the platform calls it. */
  readonly subject: string;
  /** What else the platform must say of it, exactly. */
  readonly facts: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly removedAt: number | null;
}

export const workloadAnswer = z.object({
  id: z.string(),
  trust: z.string(),
  subject: z.string(),
  facts: z.record(z.string(), z.string()),
  createdAt: z.number(),
  removedAt: z.number().nullable(),
});

export const workloadsAnswer = z.object({ workloads: z.array(workloadAnswer).readonly() });

export function showWorkload(row: WorkloadRow): WorkloadView {
  return {
    id: row.id,
    trust: row.trust,
    subject: row.subject,
    facts: JSON.parse(row.facts) as Record<string, string>,
    createdAt: row.created_at,
    removedAt: row.removed_at,
  };
}

/** Newest first, also those removed. */
export async function listWorkloads(sql: Kysely<Schema>, agentId: string): Promise<readonly WorkloadView[]> {
  const rows = await sql
    .selectFrom('agent_workloads')
    .selectAll()
    .where('agent_id', '=', agentId)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(showWorkload);
}

/** The binding in force of what a platform attested; at most one has its trust and subject. */
export async function findWorkload(
  sql: Kysely<Schema>,
  trust: string,
  subject: string,
): Promise<(WorkloadView & { readonly agentId: string }) | undefined> {
  const row = await sql
    .selectFrom('agent_workloads')
    .selectAll()
    .where('trust', '=', trust)
    .where('subject', '=', subject)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return row && { ...showWorkload(row), agentId: row.agent_id };
}
