import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { UniqueViolation } from '../plugins/database/database.ts';
import { type Actor, nameActor } from './actor.ts';
import { openInvite } from './open-invite.ts';
import { inviteInput } from './person-input.ts';
import { requirePermission } from './require-permission.ts';

export interface Invitation {
  readonly personId: string;
  /** Absolute; to be handed to the person by whoever invites. Shown once. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Throws `person.exists` when the e-mail is taken. */
export async function invitePerson(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof inviteInput>,
): Promise<Invitation> {
  requirePermission(actor, 'people.change');
  const { displayName, email, roles } = inviteInput.parse(input);
  const personId = context.platform.newId('per');
  const now = context.platform.now();
  try {
    return await context.store.transaction(async (tx) => {
      await tx.sql
        .insertInto('people')
        .values({
          id: personId,
          display_name: displayName,
          email: email ?? null,
          roles: JSON.stringify(roles),
          state: 'invited',
          created_at: now,
        })
        .execute();
      const invite = await openInvite(context, tx, personId);
      tx.record({
        id: context.platform.newId('rec'),
        kind: 'person.invited',
        at: now,
        causes: [],
        person: personId,
        body: { by: nameActor(actor), roles, expiresAt: invite.expiresAt },
      });
      const link = `${context.config.server.publicUrl}${invite.path}`;
      return { personId, link, expiresAt: invite.expiresAt };
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('person.exists') : thrown;
  }
}
