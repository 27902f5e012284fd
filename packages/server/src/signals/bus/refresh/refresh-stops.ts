import type { Context } from '../../../context.ts';
import { listUnfinished } from '../../../people/index.ts';
import type { StopScope } from '../../stops.ts';

interface Stopped {
  readonly scope: StopScope;
  readonly target: string;
}

const nameOf = ({ scope, target }: Stopped): string => `${scope} ${target}`;

/** Puts the stops in force that the database has, and lifts those that it has no more. */
export async function refreshStops({ stops, store }: Pick<Context, 'stops' | 'store'>): Promise<void> {
  const leavers = await listUnfinished(store);
  // In the writer's turn: what this gateway stops itself is stopped before it or after it, and never lifted by it.
  await store.transaction(async (tx) => {
    const rows = await tx.sql
      .selectFrom('stops')
      .select(['scope', 'target'])
      .where('lifted_at', 'is', null)
      .execute();
    // Of these only memory knows; after a restart the agents' own facts say that their owner is not active.
    const inactive = await tx.sql
      .selectFrom('people')
      .select('id')
      .where('state', '=', 'suspended')
      .execute();
    tx.afterCommit(() => {
      for (const { scope, target } of rows) stops.apply(scope, target);
      const owners = [...leavers, ...inactive.map(({ id }) => id)].map(
        (target) => ({ scope: 'owner', target }) as const,
      );
      const wanted = new Set([...rows, ...owners].map(nameOf));
      for (const one of stops.list()) if (!wanted.has(nameOf(one))) stops.lift(one.scope, one.target);
    });
  });
}
