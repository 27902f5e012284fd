import { AppError } from '@countersign/api';
import { isId, readGrant } from '@countersign/core';
import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { StoredApproval } from '../read-approval.ts';

export type GlassRow = Selectable<Schema['approval_glass']>;

/** How long what was written can be signed. */
export const signingMilliseconds = 10 * 60_000;
/** Until then another person looks at it. */
export const reviewMilliseconds = 24 * 60 * 60_000;

/** One call, once: nothing that lets more happen later is given by one person alone. */
export function offersGlass({ kind, requirement, signedAction }: StoredApproval): boolean {
  const isOneCall = (kind === 'call' || kind === 'once') && readGrant(signedAction) === undefined;
  return isOneCall && requirement.breakGlass !== undefined;
}

/** Who had a part in it: none of them reviews it. */
export function listInvolved(
  row: GlassRow,
  { ownerId, presented }: StoredApproval,
): readonly (string | null)[] {
  return [row.person_id, ownerId, presented.requesterId];
}

/** Throws `approval.not_found`. */
export async function loadGlass(sql: Kysely<Schema>, id: string): Promise<GlassRow> {
  const row = isId('gls', id)
    ? await sql.selectFrom('approval_glass').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw new AppError('approval.not_found');
  return row;
}

/** What this person, or everybody, let through alone and nobody has reviewed in time. */
export async function listOverdue(
  sql: Kysely<Schema>,
  at: number,
  personId?: string,
): Promise<readonly GlassRow[]> {
  const due = sql
    .selectFrom('approval_glass')
    .selectAll()
    .where('reviewed_at', 'is', null)
    .where('review_due_at', '<=', at);
  return (personId === undefined ? due : due.where('person_id', '=', personId)).orderBy('id').execute();
}
