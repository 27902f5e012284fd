import { describe, expect, it } from 'vitest';
import { readVitestReport } from './read-vitest-report.ts';

const test = (status: string) => ({
  status,
  fullName: 'adds',
  failureMessages: status === 'failed' ? ['boom'] : [],
});
const report = (statuses: readonly string[], fileStatus = 'passed'): string =>
  JSON.stringify({
    numTotalTests: statuses.length,
    numPassedTests: statuses.filter((status) => status === 'passed').length,
    numFailedTests: 0,
    testResults: [
      { name: 'a.test.ts', status: fileStatus, message: 'cannot load', assertionResults: statuses.map(test) },
    ],
  });

describe('a project', () => {
  it('counts each test', () => {
    expect(readVitestReport(report(['passed', 'passed']), 0, '')).toMatchObject({ passed: 2, failed: 0 });
    expect(readVitestReport(report(['passed', 'failed'], 'failed'), 1, '')).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  it.each([
    ['a skipped test', report(['passed', 'skipped']), 0],
    ['a test left to do', report(['passed', 'todo']), 0],
    ['a file that does not load', report([], 'failed'), 1],
    ['no tests at all', report([]), 0],
    ['an error outside any test', report(['passed']), 1],
    ['no report', undefined, 1],
  ])('fails for %s', (_what, json, code) => {
    expect(readVitestReport(json, code, 'output').failed).toBe(1);
  });
});
