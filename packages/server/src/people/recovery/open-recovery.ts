import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type Actor, nameActor } from '../actor.ts';
import { getPerson } from '../get-person.ts';
import type { Person } from '../person.ts';
import { requirePermission } from '../require-permission.ts';
import { listAdministrators } from './list-administrators.ts';
import { openRecoveryInput, type recoveryView } from './recovery-input.ts';

export type Recovering = Pick<Context, 'approvals' | 'config' | 'platform' | 'store'>;
export type RecoveryView = z.infer<typeof recoveryView>;

const confirmMilliseconds = 24 * 3_600_000;

/**
 * Asks that somebody who lost all passkeys may make a new one; another administrator has a day to confirm it. They and
 * the person are told. Throws `person.forbidden`, `person.passkey_needed` and `person.not_found`.
 */
export async function openRecovery(
  context: Recovering,
  actor: Actor,
  input: z.input<typeof openRecoveryInput>,
): Promise<RecoveryView> {
  requirePermission(actor, 'people.change');
  const { personId, reason } = openRecoveryInput.parse(input);
  // The machine's owner goes another way, which says so loudly.
  if (actor.kind !== 'person' || actor.person === personId) throw new AppError('person.forbidden');
  return context.store.transaction(async (tx) => {
    const person = await requireActive(tx, personId);
    const opened = await saveRecovery(context, tx, { person, reason, by: nameActor(actor) });
    const administrators = await listAdministrators(tx);
    const told = administrators.filter((id) => id !== actor.person && id !== personId);
    for (const id of [personId, ...told]) {
      await context.approvals.tellPerson(tx, {
        ...{ personId: id, kind: 'recovery_asked' as const },
        ...{ subject: person.displayName, link: '/account' },
      });
    }
    return opened;
  });
}

export async function requireActive(tx: Transaction, personId: string): Promise<Person> {
  const person = await getPerson(tx, personId);
  // Whoever never joined needs an invitation, whoever is suspended an administrator first.
  if (person.state !== 'active') throw new AppError('person.not_found');
  return person;
}

interface NewRecovery {
  readonly person: Person;
  readonly reason: string;
  readonly by: string;
}

/** One at a time for a person: what was open before ends. */
export async function saveRecovery(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  { person, reason, by }: NewRecovery,
): Promise<RecoveryView> {
  const at = context.platform.now();
  await tx.sql
    .updateTable('recoveries')
    .set({ ended_at: at, outcome: 'ended' })
    .where('person_id', '=', person.id)
    .where('ended_at', 'is', null)
    .execute();
  const [id, record] = [context.platform.newId('rcv'), context.platform.newId('rec')];
  const expiresAt = at + confirmMilliseconds;
  await tx.sql
    .insertInto('recoveries')
    .values({
      ...{ id, person_id: person.id, opened_by: by, reason, opened_at: at },
      ...{ confirmed_by: null, token_digest: null, expires_at: expiresAt },
      ...{ ended_at: null, outcome: null, record },
    })
    .execute();
  tx.record({
    ...{ id: record, kind: 'person.recovery_opened', at, causes: [] },
    ...{ person: person.id, body: { recovery: id, by, reason } },
  });
  return {
    ...{ id, personId: person.id, openedBy: by, reason, openedAt: at },
    ...{ confirmedBy: null, expiresAt },
  };
}
