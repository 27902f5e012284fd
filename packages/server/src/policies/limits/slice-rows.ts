import { growSlice, startOfWindow } from '@countersign/core';
import type { Kysely } from 'kysely';
import { readDatabaseClock } from '../../plugins/database/read-clock.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import type { CounterName } from './counter-name.ts';
import type { CountedWindow, SlicedCounter } from './sliced-counter.ts';

export interface SliceNeed {
  readonly most: number;
  readonly least: number;
  readonly wanted: number;
}

export interface GrownSlice extends CountedWindow {
  /** Others have something of it that they have not used. */
  readonly isUnspent: boolean;
}

/** What is counted of it by all, by the database's clock. */
export async function readCounted(
  sql: Kysely<Schema>,
  name: CounterName,
  gateway: string,
  now: () => number,
): Promise<GrownSlice> {
  const clock = await readDatabaseClock(sql);
  const offset = clock - now();
  const key = toKey(name);
  const whole = await sql
    .selectFrom('limit_counters')
    .selectAll()
    .where((where) => where.and(key))
    .execute();
  const slices = await sql
    .selectFrom('limit_slices')
    .selectAll()
    .where((where) => where.and(key))
    .execute();
  const begun = [...whole, ...slices].map((row) => row.starts_at);
  const startsAt = Math.max(startOfWindow(name.windowSeconds, clock), ...begun);
  const others = slices.filter((row) => row.gateway !== gateway && row.starts_at === startsAt);
  const own = slices.find((row) => row.gateway === gateway && row.starts_at === startsAt);
  return {
    startsAt,
    offset,
    spent: whole.find((row) => row.starts_at === startsAt)?.used ?? 0,
    elsewhere: others.reduce((sum, row) => sum + Math.max(row.granted, row.used), 0),
    usedElsewhere: others.reduce((sum, row) => sum + row.used, 0),
    granted: own?.granted ?? 0,
    used: own?.used ?? 0,
    isUnspent: others.some((row) => row.granted > row.used),
  };
}

/** Grants this gateway what it needs, from what nobody has; inside a transaction, which take turns over all gateways. */
export async function growLimit(
  sql: Kysely<Schema>,
  counter: SlicedCounter,
  gateway: string,
  { need, now }: { readonly need: SliceNeed; now(): number },
): Promise<GrownSlice> {
  const counted = await readCounted(sql, counter.name, gateway, now);
  const { slice } = counter;
  const here = slice.startsAt === counted.startsAt ? slice : counted;
  const budget = { limit: need.most, spent: counted.spent, elsewhere: counted.elsewhere };
  const granted = growSlice(budget, here, need);
  await writeLimitGranted(sql, counter.name, gateway, { startsAt: counted.startsAt, granted });
  return { ...counted, granted };
}

export async function writeLimitGranted(
  sql: Kysely<Schema>,
  name: CounterName,
  gateway: string,
  { startsAt, granted }: { readonly startsAt: number; readonly granted: number },
): Promise<void> {
  await sql
    .insertInto('limit_slices')
    .values({ ...toKey(name), gateway, starts_at: startsAt, granted })
    .onConflict((conflict) =>
      conflict
        .columns(['policy_id', 'per', 'subject', 'unit', 'window_seconds', 'gateway'])
        .doUpdateSet((set) => ({
          granted,
          starts_at: startsAt,
          used: set
            .case()
            .when('limit_slices.starts_at', '=', startsAt)
            .then(set.ref('limit_slices.used'))
            .else(0)
            .end(),
        })),
    )
    .execute();
}

function toKey({ policyId, per, subject, unit, windowSeconds }: CounterName) {
  return { policy_id: policyId, per, subject, unit, window_seconds: windowSeconds };
}
