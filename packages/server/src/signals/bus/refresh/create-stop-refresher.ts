import type { Context } from '../../../context.ts';
import { listUnfinished } from '../../../people/index.ts';
import type { StopScope } from '../../stops.ts';

interface Stopped {
  readonly scope: StopScope;
  readonly target: string;
}

const nameOf = ({ scope, target }: Stopped): string => `${scope} ${target}`;

/** Puts the stops in force that the database has, and lifts those that it has no more. */
export function createStopRefresher({ stops, store }: Pick<Context, 'stops' | 'store'>): () => Promise<void> {
  // A stop is in force before it is written, also when it never will be: only what the database had is lifted.
  let known = new Map(stops.list().map((one) => [nameOf(one), one]));
  return async () => {
    const leavers = await listUnfinished(store);
    // In the writer's turn: what this gateway commits itself takes effect before it or after it.
    await store.transaction(async (tx) => {
      const rows = await tx.sql
        .selectFrom('stops')
        .select(['scope', 'target'])
        .where('lifted_at', 'is', null)
        .execute();
      // Of these only memory knows; after a restart the agents' own facts say that their owner is not active.
      const suspended = await tx.sql
        .selectFrom('people')
        .select('id')
        .where('state', '=', 'suspended')
        .execute();
      tx.afterCommit(() => {
        for (const { scope, target } of rows) stops.apply(scope, target);
        for (const personId of leavers) stops.apply('owner', personId);
        const owners = [...leavers, ...suspended.map(({ id }) => id)];
        const wanted = new Set([
          ...rows.map(nameOf),
          ...owners.map((target) => nameOf({ scope: 'owner', target })),
        ]);
        for (const [name, { scope, target }] of known) if (!wanted.has(name)) stops.lift(scope, target);
        const standing = stops.list().map((one) => [nameOf(one), one] as const);
        known = new Map(standing.filter(([name]) => wanted.has(name)));
      });
    });
  };
}
