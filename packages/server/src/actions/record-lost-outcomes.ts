import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../context.ts';

/** An action outlives its decision by an hour at most, the longest task; so many records never fit in between. */
const newestRecords = 100_000;

/**
 * At every start, because not only a crash but a full disk too loses outcomes: finds decisions that let a call out whose
 * outcome was never written. Whether the upstream acted is not known, and the ledger says so. Returns how many.
 */
export async function recordLostOutcomes(context: Pick<Context, 'store' | 'platform'>): Promise<number> {
  const now = context.platform.now();
  const last = await context.store.sql
    .selectFrom('ledger_entries')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return 0;
  const decisions = await context.store.sql
    .selectFrom('ledger_entries as decision')
    .innerJoin('ledger_payloads as payload', 'payload.seq', 'decision.seq')
    .select(['decision.id', 'payload.payload'])
    .where('decision.kind', 'in', ['action.decision', 'action.release'])
    .where('decision.seq', '>', last.seq - newestRecords)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('ledger_terms as term')
            .innerJoin('ledger_entries as later', 'later.seq', 'term.seq')
            .select('later.seq')
            .whereRef('term.term', '=', 'decision.id')
            .where('later.kind', 'in', [
              'action.outcome',
              'action.refused',
              'action.release',
              'approval.requested',
            ]),
        ),
      ),
    )
    .execute();
  const lost = decisions.flatMap(({ id, payload }) => describeLost(context, id, JSON.parse(payload), now));
  if (lost.length > 0) await context.store.append(lost);
  return lost.length;
}

function describeLost(
  context: Pick<Context, 'platform'>,
  cause: string,
  payload: Partial<LedgerRecord>,
  at: number,
): LedgerRecord[] {
  // A denial has no outcome, and a step-up that was not released went nowhere.
  if (payload.body?.effect !== undefined && payload.body.effect !== 'allow') return [];
  const { action, agent, key, task, person, chain, upstream, tool } = payload;
  const known = Object.fromEntries(
    Object.entries({ action, agent, key, task, person, chain, upstream, tool }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return [
    {
      ...known,
      id: context.platform.newId('rec'),
      kind: 'action.outcome',
      at,
      causes: [cause],
      body: { status: 'unknown', detail: 'the server stopped before the outcome was written' },
    },
  ];
}
