import { AppError } from '@countersign/api';
import { isId } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../../plugins/database/schema.ts';

export type DutyRow = Selectable<Schema['approval_duties']>;

/** How long what was proposed can be signed. */
export const signingMilliseconds = 15 * 60_000;
export const longestDutyMilliseconds = 30 * 24 * 60 * 60_000;

export const dutySchema = z.object({
  id: z.string(),
  giverId: z.string(),
  holderId: z.string(),
  names: z.array(z.string()).readonly().nullable().describe('Roles and groups it is limited to; null: all'),
  from: z.number(),
  until: z.number(),
  state: z.enum(['proposed', 'waiting', 'in_force', 'over']),
  endReason: z.string().nullable(),
});

export type Duty = z.infer<typeof dutySchema>;

export function describeDuty(row: DutyRow, at: number): Duty {
  return {
    ...{ id: row.id, giverId: row.giver_id, holderId: row.holder_id },
    names: row.names === null ? null : JSON.parse(row.names),
    ...{ from: row.from_at, until: row.until_at, state: readState(row, at), endReason: row.end_reason },
  };
}

function readState(row: DutyRow, at: number): Duty['state'] {
  if (row.ended_at !== null || row.until_at <= at) return 'over';
  if (row.given_at === null) return row.proposed_at + signingMilliseconds <= at ? 'over' : 'proposed';
  return row.from_at > at ? 'waiting' : 'in_force';
}

/** Throws `approval.duty_not_found`. */
export async function loadDuty(sql: Kysely<Schema>, id: string): Promise<DutyRow> {
  const row = isId('dut', id)
    ? await sql.selectFrom('approval_duties').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('approval.duty_not_found');
  return row;
}
