import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type Actor, nameActor } from '../actor.ts';
import { requirePermission } from '../require-permission.ts';
import { listAdministrators } from './list-administrators.ts';
import { type Recovering, requireActive, saveRecovery } from './open-recovery.ts';
import { openRecoveryInput, recoveryId } from './recovery-input.ts';

export interface RecoveryLink {
  /** Absolute, to be handed to the person; shown once. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const linkMilliseconds = 3_600_000;

/**
 * The second administrator's word, and the link that it makes, good once and for an hour. Neither who asked nor the
 * person themself confirms, and whoever asked must still be an administrator. Throws `person.recovery_not_found` and
 * `person.recovery_needs_two`.
 */
export async function confirmRecovery(
  context: Recovering,
  actor: Actor,
  input: string,
): Promise<RecoveryLink> {
  requirePermission(actor, 'people.change');
  if (actor.kind !== 'person') throw new AppError('person.forbidden');
  const id = recoveryId.parse(input);
  return context.store.transaction(async (tx) => {
    const row = await tx.sql
      .selectFrom('recoveries')
      .selectAll()
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .where('confirmed_by', 'is', null)
      .where('expires_at', '>', context.platform.now())
      .executeTakeFirst();
    if (row === undefined) throw new AppError('person.recovery_not_found');
    if (row.person_id === actor.person) throw new AppError('person.forbidden');
    if (row.opened_by === actor.person) throw new AppError('person.recovery_needs_two');
    const administrators = await listAdministrators(tx);
    if (!administrators.includes(row.opened_by)) throw new AppError('person.recovery_needs_two');
    await requireActive(tx, row.person_id);
    return makeLink(context, tx, {
      ...{ id, personId: row.person_id, by: actor.person, cause: row.record },
    });
  });
}

/**
 * Where there are no two other administrators: the owner of the machine, by the token in the data folder, alone and
 * loudly. Throws `person.recovery_needs_two` where there are.
 */
export async function recoverByOperator(
  context: Recovering,
  actor: Actor,
  input: z.input<typeof openRecoveryInput>,
): Promise<RecoveryLink> {
  if (actor.kind !== 'operator') throw new AppError('person.forbidden');
  const { personId, reason } = openRecoveryInput.parse(input);
  return context.store.transaction(async (tx) => {
    const person = await requireActive(tx, personId);
    const others = (await listAdministrators(tx)).filter((id) => id !== personId);
    // Else whoever read a file of the machine could become any approver.
    if (others.length >= 2) throw new AppError('person.recovery_needs_two');
    const by = nameActor(actor);
    const { id } = await saveRecovery(context, tx, { person, reason, by });
    for (const told of [personId, ...others]) {
      await context.approvals.tellPerson(tx, {
        ...{ personId: told, kind: 'recovery_asked' as const },
        ...{ subject: person.displayName, link: '/account' },
      });
    }
    return makeLink(context, tx, { id, personId, by });
  });
}

interface Confirmed {
  readonly id: string;
  readonly personId: string;
  readonly by: string;
  readonly cause?: string;
}

async function makeLink(
  { config, platform }: Pick<Context, 'config' | 'platform'>,
  tx: Transaction,
  { id, personId, by, cause }: Confirmed,
): Promise<RecoveryLink> {
  const token = Buffer.from(platform.randomBytes(32)).toString('base64url');
  const at = platform.now();
  const expiresAt = at + linkMilliseconds;
  const record = platform.newId('rec');
  await tx.sql
    .updateTable('recoveries')
    .set({ confirmed_by: by, token_digest: sha256(token), expires_at: expiresAt, record })
    .where('id', '=', id)
    .execute();
  tx.record({
    ...{ id: record, kind: 'person.recovery_confirmed', at, causes: cause === undefined ? [] : [cause] },
    ...{ person: personId, body: { recovery: id, by, expiresAt } },
  });
  return { link: `${config.server.publicUrl}/recover#${token}`, expiresAt };
}
