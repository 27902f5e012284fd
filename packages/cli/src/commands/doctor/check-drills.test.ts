import { describe, expect, it } from 'vitest';
import { listDrillFindings } from './check-drills.ts';

const hour = 3_600_000;
const day = 24 * hour;
const run = { id: 'drl_1', startedAt: 10 * day, passed: true, trigger: 'schedule', by: 'system:drills' };
const schedule = { everySeconds: 86_400, drills: null, nextAt: 11 * day, setBy: 'operator', setAt: 5 * day };
const find = (given: Partial<Parameters<typeof listDrillFindings>[0]>) =>
  listDrillFindings({ newest: run, schedule, now: 10.5 * day, ...given }).map(({ id }) => id);

describe('the check of drills', () => {
  it('finds nothing where the last run was contained and is recent', () => {
    expect(find({})).toEqual([]);
    expect(find({ schedule: null, now: 100 * day })).toEqual([]);
  });

  it('finds a run that was not contained', () => {
    expect(find({ newest: { ...run, passed: false } })).toEqual(['drills.not_contained']);
  });

  it('finds a result that is older than the schedule', () => {
    expect(find({ now: 11 * day + hour })).toEqual(['drills.overdue']);
    expect(find({ newest: undefined, now: 5 * day + hour })).toEqual(['drills.overdue']);
    expect(find({ newest: undefined, now: 5 * day + 1000 })).toEqual([]);
  });

  it('says when there never was one', () => {
    expect(find({ newest: undefined, schedule: null })).toEqual(['drills.never']);
  });
});
