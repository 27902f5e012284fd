import type { Role } from '@countersign/api';
import type { Context } from '../context.ts';
import { openInvite } from './open-invite.ts';

export interface FirstLink {
  readonly personId: string;
  /** `/join#<token>`, to be printed once to whoever started the process. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** A house of one person: they own and approve until others are invited. */
const firstRoles: readonly Role[] = ['admin', 'owner', 'approver', 'auditor'];

/**
 * While nobody has ever joined: the link with which the first administrator does, a new one at each start. Null from
 * then on, so that no restart opens the house again.
 */
export async function createFirstAdministrator(
  context: Pick<Context, 'platform' | 'store'>,
): Promise<FirstLink | null> {
  return context.store.transaction(async (tx) => {
    const people = await tx.sql.selectFrom('people').selectAll().execute();
    if (people.some((person) => person.state !== 'invited')) return null;
    const waiting = people[0]?.id;
    const personId = waiting ?? context.platform.newId('per');
    const now = context.platform.now();
    if (waiting === undefined) {
      await tx.sql
        .insertInto('people')
        .values({
          id: personId,
          display_name: 'Administrator',
          email: null,
          roles: JSON.stringify(firstRoles),
          state: 'invited',
          created_at: now,
        })
        .execute();
    }
    const invite = await openInvite(context, tx, personId);
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.invited',
      at: now,
      causes: [],
      person: personId,
      body: { by: 'system:start', roles: firstRoles, expiresAt: invite.expiresAt },
    });
    return { personId, ...invite };
  });
}
