import { AppError } from '@countersign/api';
import { canonicalDuty } from '@countersign/core';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { isApprover } from '../routing/index.ts';
import { longestDutyMilliseconds, signingMilliseconds } from './duty.ts';

export const proposeDutyInput = z.strictObject({
  /** Whose duty it is; who asks, when absent. */
  giverId: idSchema('per').optional(),
  holderId: idSchema('per'),
  names: z
    .array(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/))
    .min(1)
    .max(32)
    .nullable()
    .default(null)
    .describe('Roles and groups it is limited to; null for all'),
  /** Epoch milliseconds; now when absent. */
  from: z.number().int().min(0).optional(),
  until: z.number().int().min(0),
});

export interface ProposedDuty {
  readonly id: string;
  /** Where the giver signs it with a passkey. */
  readonly link: string;
  readonly expiresAt: number;
}

/**
 * Prepares that one approver's duty is another's for at most 30 days. It counts once the giver has signed it. Throws
 * `person.forbidden`, `approval.duty_refused` with why.
 */
export async function proposeDuty(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof proposeDutyInput>,
): Promise<ProposedDuty> {
  const given = proposeDutyInput.parse(input);
  const giverId = given.giverId ?? (actor.kind === 'person' ? actor.person : '');
  // Others may write it down for the giver, who alone can sign it.
  const isOwn = actor.kind === 'person' && actor.person === giverId;
  if (!isOwn && !hasPermission(actor, 'people.change')) throw new AppError('person.forbidden');
  const at = context.platform.now();
  const from = Math.max(given.from ?? at, at);
  const { holderId, until } = given;
  if (until <= from || until - from > longestDutyMilliseconds) {
    throw new AppError('approval.duty_refused', { detail: 'it lasts up to 30 days' });
  }
  await requireAble(context.store.sql, giverId, holderId);
  const names = given.names === null ? null : [...new Set(given.names)].sort();
  const id = context.platform.newId('dut');
  const signedText = canonicalDuty({ duty: id, giver: giverId, holder: holderId, names, from, until });
  await context.store.sql
    .insertInto('approval_duties')
    .values({
      ...{ id, giver_id: giverId, holder_id: holderId, from_at: from, until_at: until },
      names: names === null ? null : JSON.stringify(names),
      ...{ signed_text: signedText, digest: sha256(signedText), proposed_at: at },
      ...{ given_at: null, evidence: null, record: null, ended_at: null, end_reason: null },
    })
    .execute();
  const link = `${context.config.server.publicUrl}/approvals/duties/${id}`;
  return { id, link, expiresAt: at + signingMilliseconds };
}

/** Both are active approvers, and two people. Throws `approval.duty_refused`. */
export async function requireAble(sql: Kysely<Schema>, giverId: string, holderId: string): Promise<void> {
  const refuse = (detail: string): AppError => new AppError('approval.duty_refused', { detail });
  if (giverId === holderId) throw refuse('nobody carries their own duty');
  const rows = await sql.selectFrom('people').selectAll().where('id', 'in', [giverId, holderId]).execute();
  for (const [id, who] of [
    [giverId, 'giver'],
    [holderId, 'holder'],
  ] as const) {
    const row = rows.find((one) => one.id === id);
    if (row === undefined || !isApprover(row)) throw refuse(`the ${who} is no active approver`);
  }
}
