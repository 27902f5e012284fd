import { describe, expect, it } from 'vitest';
import { listGlassFindings } from './check-glass.ts';

describe('the check of broken glass', () => {
  it('finds nothing while a review still has time', () => {
    expect(listGlassFindings([])).toEqual([]);
    expect(listGlassFindings([{ isOverdue: false }])).toEqual([]);
  });

  it('finds reviews that are overdue', () => {
    const [found, ...others] = listGlassFindings([
      { isOverdue: true },
      { isOverdue: false },
      { isOverdue: true },
    ]);
    expect(found).toMatchObject({ id: 'approvals.glass_overdue', severity: 'warning' });
    expect(found?.what).toContain('2 times');
    expect(others).toEqual([]);
  });
});
