import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../actor.ts';
import { getPerson } from '../get-person.ts';
import { personId } from '../person-input.ts';
import { requirePermission } from '../require-permission.ts';
import { passkeyCode } from './passkey-code.ts';

export const passkeyView = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
  /** From when it counts for what changes authority; null until an administrator confirms it. */
  countsFrom: z.number().nullable(),
  /** To read to that administrator; shown to its person alone. */
  code: z.string().nullable(),
});
export const passkeyList = z.object({ items: z.array(passkeyView).readonly() });

/** The passkeys of a person, the oldest first; of the actor when no person is named. */
export async function listPasskeys(
  context: Pick<Context, 'store'>,
  actor: Actor,
  id?: string,
): Promise<z.infer<typeof passkeyList>> {
  const own = actor.kind === 'person' ? actor.person : undefined;
  const whose = id === undefined ? own : personId.parse(id);
  if (whose === undefined) throw new AppError('person.sign_in_required');
  if (whose !== own) requirePermission(actor, 'people.read');
  await getPerson(context.store, whose);
  const rows = await context.store.sql
    .selectFrom('passkeys')
    .selectAll()
    .where('person_id', '=', whose)
    .orderBy('created_at')
    .orderBy('credential_id')
    .execute();
  const items = rows.map((row) => ({
    id: row.credential_id,
    label: row.label,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    countsFrom: row.counts_from,
    // Whoever confirms must hear it from the person, not read it here.
    code: whose === own && row.counts_from === null ? passkeyCode(row.public_key) : null,
  }));
  return { items };
}
