import { repositoryRoot } from '../check/tree.ts';
import type { StepResult } from './step.ts';

interface VitestReport {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/**
 * Counts one project's tests from vitest's JSON report. A skipped test, a file that does not load, a project without
 * tests and an error outside any test each count as a failure: nothing is passed over in silence.
 */
export function readVitestReport(json: string | undefined, exitCode: number, output: string): StepResult {
  if (json === undefined) return { passed: 0, failed: 1, output: `vitest wrote no report\n${output}` };
  const report: VitestReport = JSON.parse(json);
  const lines: string[] = [];
  for (const file of report.testResults) {
    const failedBefore = lines.length;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') continue;
      const reason = test.status === 'failed' ? (test.failureMessages?.join('\n') ?? '') : 'was not run';
      lines.push(`${file.name} > ${test.fullName}: ${reason}`);
    }
    if (file.status === 'failed' && lines.length === failedBefore)
      lines.push(`${file.name}: ${file.message ?? 'failed'}`);
  }
  if (report.numTotalTests === 0 && lines.length === 0) lines.push('the project has no tests');
  if (exitCode !== 0 && lines.length === 0) lines.push(`vitest ended with ${exitCode}\n${output}`);
  return { passed: report.numPassedTests, failed: lines.length, output: shorten(lines.join('\n')) };
}

/** Frames of the test runner say nothing about the failure. */
function shorten(text: string): string {
  const rows = text.split('\n').filter((row) => !/^\s+at .*node_modules|^\s+at .*\(node:internal/.test(row));
  return rows.join('\n').replaceAll(repositoryRoot, '');
}
