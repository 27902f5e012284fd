import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResult, PolicyFile } from '@countersign/server/authoring';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Session } from '../../session.ts';
import { describeComplaint } from '../policies/bundle.ts';
import { refuseMistakes } from '../policies/check.ts';
import { type PolicyFolder, readPolicyFolder } from '../policies/policy-folder.ts';
import type { ItemFacts } from './review.ts';

interface Added {
  readonly file: string;
  readonly policyId: string;
  readonly text: string;
}

interface BrokenCase {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly differences: readonly string[];
}

export const showPolicyChange = defineCommand<{ write?: string }>({
  usage: 'policy <item> [folder...]',
  summary: 'the exact lines a decision adds to the policies, and which test cases of a folder they break',
  options: [{ flags: '--write <folder>', summary: 'add them to the policy files in a folder, too' }],
  examples: ['reviews policy rvi_… policies/', 'reviews policy rvi_… --write policies/'],
  async run(session, { write }, id = '', ...paths) {
    const item = await session.api().get<ItemFacts>(`/v1/reviews/items/${encodeURIComponent(id)}`);
    const { policy, policyChange } = item;
    const added = policyChange ?? policy.change;
    const breaks = added === null || paths.length === 0 ? [] : await findBroken(session, item, added, paths);
    if (session.json) session.print.item({ ...policy, applied: policyChange, breaks }, []);
    else show(session, item, added);
    for (const one of breaks) describeBroken(session, one);
    if (paths.length > 0 && added !== null)
      session.print.note(breaks.length === 0 ? 'no test case breaks' : `${breaks.length} test cases break`);
    if (write !== undefined) await writeInto(session, item, added, write);
    return breaks.length === 0 ? exitCodes.done : exitCodes.verificationFailed;
  },
});

function show(session: Session, { policy, policyChange, link }: ItemFacts, added: Added | null): void {
  if (added === null) {
    session.print.text(showHonestly(`No policy change: ${policy.why ?? ''}.`));
    return;
  }
  const lines = added.text.split('\n').map((line) => `+ ${showHonestly(line)}`);
  session.print.text([showHonestly(added.file), ...lines].join('\n'));
  if (policyChange !== null) session.print.note(`Added by ${policyChange.to}; ${policyChange.standing}.`);
  else if (policy.why !== null) session.print.note(`Not made by the decision: ${policy.why}.`);
  else session.print.note(`Made by who signs it, together with the delegation: ${link}`);
}

function describeBroken(session: Session, { file, line, name, differences }: BrokenCase): void {
  if (session.json) return;
  const texts = [`${file}:${line}: ${name}`, ...differences.map((text) => `  ${text}`)];
  session.print.text(texts.map(showHonestly).join('\n'));
}

/** Cases that pass without these lines and fail with them. */
async function findBroken(
  session: Session,
  item: ItemFacts,
  added: Added,
  paths: readonly string[],
): Promise<readonly BrokenCase[]> {
  const folder = readPolicyFolder(paths);
  if (folder.tests.length === 0) throw new CliError('there is no .test.yaml file');
  const { runTests } = await import('@countersign/server/authoring');
  const { before, after } = await compareFiles(folder.policies, item, added);
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

function describeCase({ file, line, name, differences }: CaseResult, folder: PolicyFolder): BrokenCase {
  return { file: folder.pathOf(file), line, name, differences };
}

function nameCase({ file, line, name }: CaseResult): string {
  return JSON.stringify([file, line, name]);
}

/** The files of a folder without and with what the review adds, whether or not it is there already. */
async function compareFiles(files: readonly PolicyFile[], item: ItemFacts, added: Added) {
  const { addNarrowing, removeNarrowing } = await import('@countersign/server/authoring');
  const narrowing = { review: item.reviewId, item: item.id, text: added.text };
  const remove = () => {
    try {
      return removeNarrowing(files, narrowing) ?? files;
    } catch {
      throw new CliError(`${added.policyId} says something else in this folder`);
    }
  };
  const before = remove();
  return { before, after: addNarrowing(before, narrowing) };
}

async function writeInto(
  session: Session,
  item: ItemFacts,
  added: Added | null,
  folder: string,
): Promise<void> {
  if (added === null) throw new CliError('there is no policy change to write');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CliError(`${folder} is no folder`);
  const { after } = await compareFiles(readPolicyFolder([folder]).policies, item, added);
  const file = after.find(({ name }) => name === added.file);
  if (file === undefined) throw new CliError('there is no policy change to write');
  const path = join(folder, file.name);
  writeFileSync(path, file.text);
  session.print.note(`written: ${path}`);
}
