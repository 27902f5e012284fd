import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import { writeJunit } from '../../output/write-junit.ts';
import type { Session } from '../../session.ts';

export interface StepFacts {
  readonly title: string;
  readonly expected: string;
  readonly seen: string;
  readonly passed: boolean;
  readonly isPremise: boolean;
  readonly calls: number;
  readonly milliseconds: number;
  readonly policies: readonly string[];
  readonly records: readonly string[];
}

export interface DrillFacts {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly outcome: 'contained' | 'not_contained' | 'inconclusive';
  readonly failure: string | null;
  readonly contained: { readonly calls: number; readonly milliseconds: number } | null;
  readonly milliseconds: number;
  readonly notPlayed: number;
  readonly steps: readonly StepFacts[];
}

/** A run of drills as the server signed it. */
export interface SignedRun {
  readonly report: {
    readonly run: string;
    readonly server: string;
    readonly trigger: string;
    readonly by: string;
    readonly startedAt: number;
    readonly finishedAt: number;
    readonly passed: boolean;
    readonly drills: readonly DrillFacts[];
  };
  readonly note: string;
  readonly vkey: string;
}

export interface RunFacts {
  readonly id: string;
  readonly startedAt: number;
  readonly passed: boolean;
  readonly trigger: string;
  readonly by: string;
}

export const runFields: readonly Column<RunFacts>[] = [
  ['RUN', ({ id }) => id],
  ['AT', ({ startedAt }) => formatTime(startedAt)],
  ['RESULT', ({ passed }) => (passed ? 'all contained' : 'NOT ALL CONTAINED')],
  ['WHY', ({ trigger }) => trigger],
  ['BY', ({ by }) => by],
];

const words = { contained: 'contained', not_contained: 'NOT CONTAINED', inconclusive: 'shows nothing' };

/** The report as people read it: of a drill that passed a line, of any other every step with its evidence. */
export function printReport(session: Session, { report }: SignedRun, isWhole: boolean): void {
  const { print } = session;
  const width = Math.max(...report.drills.map(({ name }) => name.length), 0);
  for (const drill of report.drills) {
    const { name, outcome, contained, failure, notPlayed } = drill;
    const time = outcome === 'contained' && contained !== null ? `, in ${contained.milliseconds} ms` : '';
    print.text(showHonestly(`${name.padEnd(width)}  ${words[outcome]}${time}`));
    if (outcome === 'contained' && !isWhole) continue;
    for (const step of drill.steps) print.text(describeStep(step));
    if (failure !== null) print.text(showHonestly(`  could not be played: ${failure}`));
    if (notPlayed > 0) print.text(`  ${notPlayed} further steps were not played`);
  }
  const passed = report.drills.filter(({ outcome }) => outcome === 'contained').length;
  print.text(`${passed} contained, ${report.drills.length - passed} not (${report.run})`);
}

export function describeStep(step: StepFacts): string {
  const { title, expected, seen, passed, milliseconds, policies, records } = step;
  const by = policies.length === 0 ? '' : `, by ${policies.join(', ')}`;
  const evidence = records.length === 0 ? '' : `\n      ${records.slice(-3).join(' ')}`;
  // Each line by itself: a line break within one is shown, not made.
  const said = showHonestly(`  ${passed ? 'ok ' : 'NOT'} ${title}`);
  const found = showHonestly(`      expected ${expected}, seen ${seen}, ${milliseconds} ms${by}`);
  return `${said}\n${found}${evidence}`;
}

/** For CI systems: a drill is a suite, a step a case. */
export function writeResults({ report }: SignedRun): string {
  return writeJunit(
    'countersign drills run',
    report.drills.flatMap(({ name, file, steps, outcome, failure }) => {
      const cases = steps.map((step, index) => ({
        ...{ suite: name, name: step.title, file, line: index + 1 },
        ...(step.passed
          ? {}
          : {
              failure: { message: `expected ${step.expected}, seen ${step.seen}`, text: describeStep(step) },
            }),
      }));
      const isTold = cases.some((one) => 'failure' in one);
      if (outcome === 'contained' || isTold) return cases;
      const message = failure ?? 'not every step was played';
      return [
        ...cases,
        { suite: name, name: 'the drill', file, line: 1, failure: { message, text: message } },
      ];
    }),
  );
}
