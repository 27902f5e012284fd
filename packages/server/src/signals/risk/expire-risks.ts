import { changeRisk, type RiskContext } from './change-risk.ts';

const atOnce = 100;
const pauseMilliseconds = 5_000;

/** Tells of risks that have run out; policies stopped reading them when they did. Returns when to look again. */
export async function expireRisks(context: RiskContext): Promise<number> {
  const now = context.platform.now();
  const due = await context.store.sql
    .selectFrom('person_risks')
    .select(['person_id', 'source', 'record'])
    .where('expires_at', '<=', now)
    .limit(atOnce)
    .execute();
  for (const { person_id: personId, source, record } of due) {
    const by = 'system:expiry';
    const change = {
      personId,
      source,
      by,
      reason: 'ran out',
      expiresAt: 0,
      causes: [record],
      expired: record,
    };
    await changeRisk(context, { ...change, level: 'low' });
  }
  return context.platform.now() + (due.length === atOnce ? 0 : pauseMilliseconds);
}
