import type { Transaction } from '../../plugins/database/database.ts';

/** What a gateway that is gone has counted counts on; what it had set aside and not used is there again. */
export async function freeLimits(tx: Pick<Transaction, 'sql'>, gateway: string): Promise<void> {
  const names = ['policy_id', 'per', 'subject', 'unit', 'window_seconds'] as const;
  const slices = tx.sql.selectFrom('limit_slices').where('gateway', '=', gateway);
  await tx.sql
    .insertInto('limit_counters')
    .columns([...names, 'starts_at', 'used'])
    .expression(slices.select([...names, 'starts_at', 'used']).where('used', '<>', 0))
    .onConflict((conflict) =>
      conflict.columns([...names]).doUpdateSet((set) => ({
        used: set
          .case()
          .when(set.ref('excluded.starts_at'), '>', set.ref('limit_counters.starts_at'))
          .then(set.ref('excluded.used'))
          .when(set.ref('excluded.starts_at'), '=', set.ref('limit_counters.starts_at'))
          .then(set('limit_counters.used', '+', set.ref('excluded.used')))
          .else(set.ref('limit_counters.used'))
          .end(),
        starts_at: set
          .case()
          .when(set.ref('excluded.starts_at'), '>', set.ref('limit_counters.starts_at'))
          .then(set.ref('excluded.starts_at'))
          .else(set.ref('limit_counters.starts_at'))
          .end(),
      })),
    )
    .execute();
  await tx.sql.deleteFrom('limit_slices').where('gateway', '=', gateway).execute();
}
