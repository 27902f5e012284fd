import { type RiskLevel, worstRisk } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { noteSecurityEvent } from '../security-event.ts';

export type RiskContext = Pick<Context, 'platform' | 'risk' | 'store'>;

/** What one source says of a person from now on. */
export interface RiskChange {
  readonly personId: string;
  readonly source: string;
  /** Low: the source says nothing any more. */
  readonly level: RiskLevel;
  readonly reason: string;
  /** Epoch milliseconds; means nothing at low. */
  readonly expiresAt: number;
  readonly by: string;
  readonly causes: readonly string[];
  /** The record of what has run out: whatever else the source says now stays, and nothing happens. */
  readonly expired?: string;
}

/** Asked in the transaction that would change it: false, and nothing happens. */
export type MayChange = (tx: Transaction) => Promise<boolean>;

/**
 * Keeps what a source says of a person. What raises the risk is in force in memory before it is written, so that a slow
 * disk delays nothing; when the write fails it stays so until the process ends. What lowers it is durable first.
 */
export async function changeRisk(
  context: RiskContext,
  change: RiskChange,
  mayChange: MayChange = async () => true,
): Promise<RiskLevel> {
  const { personId, source, level, expiresAt } = change;
  if (level !== 'low') context.risk.raise({ personId, source, level, expiresAt });
  return context.store.transaction(async (tx) =>
    (await mayChange(tx)) ? writeRisk(context, tx, change) : readRisk(context, tx, personId),
  );
}

/** The same as a part of another change. */
export async function writeRisk(
  context: Pick<Context, 'platform' | 'risk'>,
  tx: Transaction,
  change: RiskChange,
): Promise<RiskLevel> {
  const { personId, source, level, reason, expiresAt, by, expired } = change;
  const before = await readRisk(context, tx, personId);
  const record = context.platform.newId('rec');
  const at = context.platform.now();
  const [removed] = await tx.sql
    .deleteFrom('person_risks')
    .where('person_id', '=', personId)
    .where('source', '=', source)
    .$if(expired !== undefined, (query) =>
      query.where('record', '=', expired ?? '').where('expires_at', '<=', at),
    )
    .returning('record')
    .execute();
  if (expired !== undefined && removed === undefined) return before;
  if (level !== 'low') {
    await tx.sql
      .insertInto('person_risks')
      .values({ person_id: personId, source, level, reason, set_at: at, expires_at: expiresAt, record })
      .execute();
  }
  const now = await readRisk(context, tx, personId);
  tx.record({
    id: record,
    kind: 'signal.risk_changed',
    at,
    causes: [...change.causes],
    person: personId,
    body: { by, source, level, reason, before, now, ...(level === 'low' ? {} : { expiresAt }) },
  });
  if (now !== before) await noteRiskEvent(context, tx, { personId, before, now, reason, record });
  tx.afterCommit(() => {
    if (expired !== undefined) context.risk.expire(personId, source);
    else if (level === 'low') context.risk.lift(personId, source);
    else context.risk.apply({ personId, source, level, expiresAt });
  });
  return now;
}

interface RiskEvent {
  readonly personId: string;
  readonly before: RiskLevel;
  readonly now: RiskLevel;
  readonly reason: string;
  readonly record: string;
}

/** CAEP 1.0 §3.8. */
function noteRiskEvent(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  { personId, before, now, reason, record }: RiskEvent,
): Promise<void> {
  return noteSecurityEvent(context, tx, {
    kind: 'risk-level-change',
    about: { person: personId },
    reason,
    facts: { principal: 'USER', current_level: now.toUpperCase(), previous_level: before.toUpperCase() },
    record,
  });
}

async function readRisk(
  { platform }: Pick<Context, 'platform'>,
  tx: Transaction,
  personId: string,
): Promise<RiskLevel> {
  const rows = await tx.sql
    .selectFrom('person_risks')
    .select('level')
    .where('person_id', '=', personId)
    .where('expires_at', '>', platform.now())
    .execute();
  return worstRisk(rows.map(({ level }) => level));
}
