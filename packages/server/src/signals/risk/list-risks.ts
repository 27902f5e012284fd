import type { RiskLevel } from '@countersign/core';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';

const most = 1_000;

/** What one source says of a person. Times in epoch milliseconds. */
export interface RiskView {
  readonly personId: string;
  readonly source: string;
  readonly level: RiskLevel;
  readonly reason: string;
  readonly setAt: number;
  readonly expiresAt: number;
}

/** The latest first. */
export async function listRisks(
  { store, platform }: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
): Promise<readonly RiskView[]> {
  requirePermission(actor, 'signals.read_risk');
  const rows = await store.sql
    .selectFrom('person_risks')
    .selectAll()
    .where('expires_at', '>', platform.now())
    .orderBy('set_at', 'desc')
    .limit(most)
    .execute();
  return rows.map((row) => ({
    personId: row.person_id,
    ...{ source: row.source, level: row.level, reason: row.reason },
    setAt: row.set_at,
    expiresAt: row.expires_at,
  }));
}
