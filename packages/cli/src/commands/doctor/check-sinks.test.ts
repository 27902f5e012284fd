import { describe, expect, it } from 'vitest';
import { listSinkFindings } from './check-sinks.ts';

const sink = { name: 'siem', behind: 0, failingSince: null, lastError: null, setAside: 0 };
const minute = 60_000;

describe('the check of sinks', () => {
  it('finds nothing where each takes what it gets, or failed only just now', () => {
    expect(listSinkFindings([sink, { ...sink, failingSince: minute, behind: 7 }], 5 * minute)).toEqual([]);
  });

  it('finds one that is late, with why, and one that refused something', () => {
    const late = { ...sink, failingSince: 0, behind: 7, lastError: 'the answer was 401' };
    const found = listSinkFindings([late, { ...sink, setAside: 2 }], 11 * minute);
    expect(found.map(({ id, severity }) => [id, severity])).toEqual([
      ['sinks.late', 'warning'],
      ['sinks.refused', 'warning'],
    ]);
    expect(found[0]?.what).toContain('7 records wait: the answer was 401');
  });
});
