import { expect, it } from 'vitest';
import type { LedgerRecord } from '../ledger/record.ts';
import { countByMinute } from './count-by-minute.ts';

const minute = 60_000;
const now = 100 * minute + 30_000;
const record = (at: number, effect?: string): LedgerRecord => ({
  seq: at,
  id: `rec_${at}`,
  kind: effect === undefined ? 'action.refused' : 'action.decision',
  at,
  causes: [],
  erased: false,
  body: effect === undefined ? {} : { effect },
});

it('counts what was decided in each minute, and nothing before or after', () => {
  const records = [
    record(now, 'allow'),
    record(now - 1, 'step_up'),
    record(now - 2),
    record(99 * minute, 'deny'),
    record(97 * minute, 'allow'),
    record(102 * minute, 'allow'),
  ];
  expect(countByMinute(records, now, 3)).toEqual([
    { at: 98 * minute, allow: 0, ask: 0, deny: 0 },
    { at: 99 * minute, allow: 0, ask: 0, deny: 1 },
    { at: 100 * minute, allow: 1, ask: 1, deny: 1 },
  ]);
});
