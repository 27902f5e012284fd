import type { Step, StepResult } from './step.ts';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

const shownLines = 60;
const stillRunningSeconds = 30;

/** So many that wait run at once; what computes has the machine to itself. */
const waitingAtOnce = 2;

/** Runs every step, whatever fails, and prints one line for each and the complaints of those that failed. */
export async function runSteps(steps: readonly Step[], print: (line: string) => void): Promise<Totals> {
  const results: StepResult[] = [];
  for (const step of steps.filter(({ waits }) => !waits)) results.push(await runAndTell(step, print));
  const waiting = steps.filter(({ waits }) => waits);
  const take = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
      results.push(await runAndTell(step, print));
  };
  await Promise.all(Array.from({ length: waitingAtOnce }, take));
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  };
}

async function runAndTell(step: Step, print: (line: string) => void): Promise<StepResult> {
  const started = performance.now();
  const secondsSoFar = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const timer = setInterval(
    () => print(`  … ${step.name} still runs, ${secondsSoFar()}`),
    stillRunningSeconds * 1000,
  );
  const result = await runStep(step);
  clearInterval(timer);
  const mark = result.failed === 0 ? '✓' : '✗';
  print(
    `${mark} ${step.name.padEnd(13)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(4)} failed  ${secondsSoFar()}`,
  );
  for (const note of result.notes ?? []) print(`    ${note}`);
  if (result.failed > 0) printOutput(result.output, print);
  return result;
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
