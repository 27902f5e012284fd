import { permissions } from '@countersign/api';
import type { Transaction } from '../../plugins/database/database.ts';
import { noteSecurityEvent } from '../../signals/index.ts';
import type { Person } from '../person.ts';
import { finishLeavings } from './finish-leavings.ts';
import type { LeaveCause, Leaving } from './leave-person.ts';
import { saveLeaving } from './leaving-row.ts';

export interface LostRoles {
  readonly before: Pick<Person, 'id' | 'roles' | 'state'>;
  readonly after: Pick<Person, 'roles'>;
  readonly cause: LeaveCause;
  /** Of the change of roles. */
  readonly record: string;
}

/**
 * Ends the agents and delegations of a person who keeps the account and has just lost what let them own agents, as part
 * of the transaction that took it; does nothing when it was not lost. They are held as soon as that is durable, and
 * ended afterwards in steps that survive a crash.
 */
export async function loseAgents(context: Leaving, tx: Transaction, lost: LostRoles): Promise<void> {
  const { before, after, cause, record } = lost;
  if (!mayOwn(before) || mayOwn(after)) return;
  await saveLeaving(tx, {
    ...{ record, person_id: before.id, kind: 'lost_roles' as const, cause, source: cause },
    ...{ state_before: before.state, at: context.platform.now() },
  });
  const about = { person: before.id };
  await noteSecurityEvent(context, tx, { kind: 'token-claims-change', about, reason: 'roles', record });
  tx.afterCommit(() => {
    context.stops.apply('owner', before.id);
    // Whoever waits for the end calls it too; what fails is tried again by the job.
    finishLeavings(context, before.id).catch((err: unknown) =>
      context.log.error({ err, person: before.id }, 'the agents of a person could not be ended yet'),
    );
  });
}

function mayOwn({ roles }: Pick<Person, 'roles'>): boolean {
  const allowed: readonly string[] = permissions['agents.register'];
  return roles.some((role) => allowed.includes(role));
}
