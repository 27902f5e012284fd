import type { Step, StepResult } from './step.ts';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

const shownLines = 60;
const stillRunningSeconds = 30;

/** Runs every step in turn, whatever fails, and prints one line for each and the complaints of those that failed. */
export async function runSteps(steps: readonly Step[], print: (line: string) => void): Promise<Totals> {
  let passed = 0;
  let failed = 0;
  for (const step of steps) {
    const started = performance.now();
    const secondsSoFar = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    const timer = setInterval(
      () => print(`  … ${step.name} still runs, ${secondsSoFar()}`),
      stillRunningSeconds * 1000,
    );
    const result = await runStep(step);
    clearInterval(timer);
    passed += result.passed;
    failed += result.failed;
    const mark = result.failed === 0 ? '✓' : '✗';
    print(
      `${mark} ${step.name.padEnd(13)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(4)} failed  ${secondsSoFar()}`,
    );
    for (const note of result.notes ?? []) print(`    ${note}`);
    if (result.failed > 0) printOutput(result.output, print);
  }
  return { passed, failed };
}

async function runStep(step: Step): Promise<StepResult> {
  try {
    return await step.run();
  } catch (error) {
    return {
      passed: 0,
      failed: 1,
      output: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

function printOutput(output: string, print: (line: string) => void): void {
  const lines = output.trimEnd().split('\n');
  for (const line of lines.slice(0, shownLines)) print(`    ${line}`);
  if (lines.length > shownLines) print(`    … and ${lines.length - shownLines} lines more`);
}
