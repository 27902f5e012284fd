import type { LedgerRecord } from '../ledger/record.ts';

export interface MinuteCount {
  readonly at: number;
  readonly allow: number;
  readonly ask: number;
  readonly deny: number;
}

const minuteMilliseconds = 60_000;

/** Decisions and refusals in each of the last `minutes` minutes, the oldest first. */
export function countByMinute(
  records: readonly LedgerRecord[],
  now: number,
  minutes: number,
): readonly MinuteCount[] {
  const end = Math.ceil(now / minuteMilliseconds) * minuteMilliseconds;
  const start = end - minutes * minuteMilliseconds;
  const counts = Array.from({ length: minutes }, (_, index) => ({
    at: start + index * minuteMilliseconds,
    allow: 0,
    ask: 0,
    deny: 0,
  }));
  for (const record of records) {
    const count = counts[Math.floor((record.at - start) / minuteMilliseconds)];
    if (count === undefined) continue;
    if (record.kind === 'action.refused') count.deny += 1;
    if (record.kind === 'action.decision') count[readVerdict(record)] += 1;
  }
  return counts;
}

function readVerdict(record: LedgerRecord): 'allow' | 'ask' | 'deny' {
  const effect = record.body?.effect;
  if (effect === 'allow') return 'allow';
  return effect === 'step_up' ? 'ask' : 'deny';
}
