import type { CaseResult, PolicyFile } from '@countersign/server/authoring';
import { CliError } from '../../cli-error.ts';
import type { Session } from '../../session.ts';
import { describeComplaint } from './bundle.ts';
import { refuseMistakes } from './check.ts';
import { type PolicyFolder, readPolicyFolder } from './policy-folder.ts';

/** A policy that an access review adds. */
export interface Narrowing {
  readonly review: string;
  readonly item: string;
  readonly policyId: string;
  readonly text: string;
}

export interface BrokenCase {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly differences: readonly string[];
}

/** Cases of a folder that pass without the policy and fail with it. */
export async function findBrokenCases(
  session: Session,
  narrowing: Narrowing,
  paths: readonly string[],
): Promise<readonly BrokenCase[]> {
  const folder = readPolicyFolder(paths);
  if (folder.tests.length === 0) throw new CliError('there is no .test.yaml file');
  const { runTests } = await import('@countersign/server/authoring');
  const { before, after } = await compareFiles(folder.policies, narrowing);
  const run = async (policies: readonly PolicyFile[]): Promise<readonly CaseResult[]> => {
    const report = await runTests({ ...folder, policies });
    if (report.mistakes.length > 0) refuseMistakes(report.mistakes, folder);
    for (const complaint of report.complaints) session.print.note(describeComplaint(complaint));
    if (report.complaints.length > 0) throw new CliError('the policies of the folder do not validate');
    return report.cases;
  };
  const passed = new Set((await run(before)).filter((one) => one.passed).map(nameCase));
  const broken = (await run(after)).filter((one) => !one.passed && passed.has(nameCase(one)));
  return broken.map((one) => describeCase(one, folder));
}

/** The files of a folder with the policy, whether or not it is there already. */
export async function addToFolder(folder: string, narrowing: Narrowing): Promise<readonly PolicyFile[]> {
  return (await compareFiles(readPolicyFolder([folder]).policies, narrowing)).after;
}

function describeCase({ file, line, name, differences }: CaseResult, folder: PolicyFolder): BrokenCase {
  return { file: folder.pathOf(file), line, name, differences };
}

function nameCase({ file, line, name }: CaseResult): string {
  return JSON.stringify([file, line, name]);
}

/** The files without and with the policy. */
async function compareFiles(files: readonly PolicyFile[], narrowing: Narrowing) {
  const { addNarrowing, removeNarrowing } = await import('@countersign/server/authoring');
  const { policyId, review, item, text } = narrowing;
  const added = { review, item, text };
  const remove = () => {
    try {
      return removeNarrowing(files, added) ?? files;
    } catch {
      throw new CliError(`${policyId} says something else in this folder`);
    }
  };
  const before = remove();
  return { before, after: addNarrowing(before, added) };
}
