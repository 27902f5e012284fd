import type { LedgerRecord } from '@countersign/api';
import { parseEntry } from '@countersign/ledger';
import type { Context } from '../context.ts';
import { readLedgerRecord, type StoredRecord, selectLedgerRecords } from '../ledger/index.ts';

/** An action outlives its decision by an hour at most, the longest task; so many records never fit in between. */
const newestRecords = 100_000;
const recordsAtOnce = 5_000;
const ends: ReadonlySet<string> = new Set([
  'action.outcome',
  'action.refused',
  'action.release',
  'approval.requested',
]);

/**
 * At every start, because not only a crash but a full disk too loses outcomes: finds decisions that let a call out whose
 * outcome was never written. Whether the upstream acted is not known, and the ledger says so. Returns how many.
 */
export async function recordLostOutcomes(context: Pick<Context, 'store' | 'platform'>): Promise<number> {
  const now = context.platform.now();
  const open = await findOpenDecisions(context);
  const lost: LedgerRecord[] = [];
  for (let from = 0; from < open.length; from += 500) {
    const rows = await selectLedgerRecords(context.store.sql)
      .where('entries.seq', 'in', open.slice(from, from + 500))
      .orderBy('entries.seq')
      .execute();
    for (const row of rows) {
      const decision = readLedgerRecord(context.store, row);
      if (!decision.erased) lost.push(...describeLost(context, decision, now));
    }
  }
  if (lost.length > 0) await context.store.append(lost);
  return lost.length;
}

/** The `seq`s of decisions and releases that no later record names as what it ended. Reads from the newest back. */
async function findOpenDecisions({ store }: Pick<Context, 'store'>): Promise<readonly number[]> {
  const ended = new Set<string>();
  const open: number[] = [];
  let end = Number.MAX_SAFE_INTEGER;
  for (let read = 0; read < newestRecords; read += recordsAtOnce) {
    const rows = await store.sql
      .selectFrom('ledger_entries')
      .select(['seq', 'id', 'kind', 'entry'])
      .where('seq', '<', end)
      .orderBy('seq', 'desc')
      .limit(recordsAtOnce)
      .execute();
    for (const { seq, id, kind, entry } of rows) {
      if ((kind === 'action.decision' || kind === 'action.release') && !ended.has(id)) open.push(seq);
      if (ends.has(kind)) for (const cause of readCauses(entry)) ended.add(cause);
      end = seq;
    }
    if (rows.length < recordsAtOnce) break;
  }
  return open.reverse();
}

function readCauses(entry: string): readonly string[] {
  return parseEntry(JSON.parse(entry))?.causes ?? [];
}

function describeLost(
  context: Pick<Context, 'platform'>,
  decision: StoredRecord,
  at: number,
): LedgerRecord[] {
  // A denial has no outcome, and a step-up that was not released went nowhere.
  if (decision.body?.effect !== undefined && decision.body.effect !== 'allow') return [];
  const { action, agent, key, task, person, chain, upstream, tool, drill } = decision;
  const known = Object.fromEntries(
    Object.entries({ action, agent, key, task, person, chain, upstream, tool, drill }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return [
    {
      ...known,
      id: context.platform.newId('rec'),
      kind: 'action.outcome',
      at,
      causes: [decision.id],
      body: { status: 'unknown', detail: 'the server stopped before the outcome was written' },
    },
  ];
}
