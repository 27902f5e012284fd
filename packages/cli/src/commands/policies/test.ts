import { writeFileSync } from 'node:fs';
import type { CaseResult, TestReport } from '@countersign/server/authoring';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { writeJunit } from '../../output/write-junit.ts';
import { parseCount } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { describeComplaint } from './bundle.ts';
import { refuseMistakes } from './check.ts';
import { type PolicyFolder, readPolicyFolder } from './policy-folder.ts';
import { recordCases } from './record-cases.ts';

interface TestOptions {
  readonly filter?: string;
  readonly coverage?: boolean;
  readonly minCoverage?: number;
  readonly junit?: string;
  readonly record?: boolean;
  readonly last: number;
  readonly agent?: string;
  readonly redact?: boolean;
}

export const testPolicies = defineCommand<TestOptions>({
  usage: 'test <folder...>',
  summary: 'decide the cases in *.test.yaml with the policies beside them; needs no server',
  options: [
    { flags: '--filter <text>', summary: 'only cases whose name holds this' },
    { flags: '--coverage', summary: 'say which rules decided nothing and which tools were never called' },
    { flags: '--min-coverage <percent>', summary: 'of the rules; less fails', parse: parseCount },
    { flags: '--junit <file>', summary: 'write the results there as JUnit XML' },
    { flags: '--record', summary: 'first write recorded.test.yaml from decisions of the server' },
    {
      flags: '--last <count>',
      summary: 'record so many decisions, the newest ones',
      parse: parseCount,
      initial: 20,
    },
    { flags: '--agent <agent>', summary: 'record only those about this agent (id or name)' },
    { flags: '--redact', summary: 'record arguments without their texts' },
  ],
  examples: [
    'policies test policies/',
    'policies test policies/ --min-coverage 80 --junit report.xml',
    'policies test policies/ --record --last 20',
  ],
  async run(session, options, ...paths) {
    if (options.record === true) await recordInto(session, options, paths);
    const folder = readPolicyFolder(paths);
    if (folder.tests.length === 0) throw new CliError('there is no .test.yaml file');
    const { runTests } = await import('@countersign/server/authoring');
    const { filter } = options;
    const report = await runTests({ ...folder, ...(filter === undefined ? {} : { filter }) });
    if (report.mistakes.length > 0) refuseMistakes(report.mistakes, folder);
    for (const complaint of report.complaints) session.print.note(describeComplaint(complaint));
    if (options.junit !== undefined) writeFileSync(options.junit, `${writeResults(report, folder)}\n`);
    if (session.json) session.print.item(report, []);
    else printReport(session, report, folder, options);
    return judge(report, options);
  },
});

async function recordInto(session: Session, options: TestOptions, paths: readonly string[]): Promise<void> {
  const [folder, ...others] = paths;
  if (folder === undefined || others.length > 0) throw new CliError('--record takes one folder');
  const { last, agent, redact = false } = options;
  const written = await recordCases(session.api(), {
    folder,
    last,
    redact,
    ...(agent === undefined ? {} : { agent }),
  });
  for (const path of written) session.print.note(`written: ${path}`);
}

function printReport(session: Session, report: TestReport, folder: PolicyFolder, options: TestOptions): void {
  for (const result of report.cases) if (!result.passed) session.print.text(describeFailure(result, folder));
  const failed = report.cases.filter(({ passed }) => !passed).length;
  const { rules, tools } = report.coverage;
  if (options.coverage === true) {
    printUntried(session, 'rules that decided nothing', rules);
    printUntried(session, 'tools that were never called', tools);
  }
  const share = `${percentOf(rules)} % of ${Object.keys(rules).length} rules, ${percentOf(tools)} % of ${Object.keys(tools).length} tools`;
  session.print.text(`${report.cases.length - failed} passed, ${failed} failed (${share})`);
}

function printUntried(session: Session, head: string, counts: Readonly<Record<string, number>>): void {
  const untried = Object.keys(counts).filter((id) => counts[id] === 0);
  if (untried.length > 0)
    session.print.text(`${head}:\n${untried.map((id) => `  ${showHonestly(id)}`).join('\n')}`);
}

function describeFailure({ file, line, name, differences, got }: CaseResult, folder: PolicyFolder): string {
  const head = `${folder.pathOf(file)}:${line}: ${name}`;
  const why = (got?.reasons ?? []).map(({ code, policyIds }) => `because ${[code, ...policyIds].join(' ')}`);
  return [showHonestly(head), ...[...differences, ...why].map((text) => `  ${showHonestly(text)}`)].join(
    '\n',
  );
}

function writeResults({ cases }: TestReport, folder: PolicyFolder): string {
  return writeJunit(
    'countersign policies test',
    cases.map((result) => {
      const file = folder.pathOf(result.file);
      const [message = ''] = result.differences;
      const failure = result.passed ? {} : { failure: { message, text: describeFailure(result, folder) } };
      return { suite: file, name: result.name, file, line: result.line, ...failure };
    }),
  );
}

function percentOf(counts: Readonly<Record<string, number>>): number {
  const all = Object.values(counts);
  if (all.length === 0) return 100;
  return Math.floor((100 * all.filter((count) => count > 0).length) / all.length);
}

function judge({ complaints, cases, coverage }: TestReport, { minCoverage = 0 }: TestOptions): ExitCode {
  if (complaints.length > 0) return exitCodes.policyInvalid;
  const isCovered = percentOf(coverage.rules) >= minCoverage;
  return isCovered && cases.every(({ passed }) => passed) ? exitCodes.done : exitCodes.verificationFailed;
}
