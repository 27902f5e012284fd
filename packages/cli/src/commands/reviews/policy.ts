import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Session } from '../../session.ts';
import { addToFolder, type BrokenCase, findBrokenCases } from '../policies/try-narrowing.ts';
import type { ItemFacts } from './review.ts';

interface Added {
  readonly review: string;
  readonly item: string;
  readonly file: string;
  readonly policyId: string;
  readonly text: string;
}

export const showPolicyChange = defineCommand<{ write?: string }>({
  usage: 'policy <item> [folder...]',
  summary: 'the exact lines a decision adds to the policies, and which test cases of a folder they break',
  options: [{ flags: '--write <folder>', summary: 'add them to the policy files in a folder, too' }],
  examples: ['reviews policy rvi_… policies/', 'reviews policy rvi_… --write policies/'],
  async run(session, { write }, id = '', ...paths) {
    const item = await session.api().get<ItemFacts>(`/v1/reviews/items/${encodeURIComponent(id)}`);
    const added = findAdded(item);
    const breaks = added === null || paths.length === 0 ? [] : await findBrokenCases(session, added, paths);
    if (session.json) session.print.item({ ...item.policy, applied: item.policyChange, breaks }, []);
    else {
      show(session, item, added);
      for (const one of breaks) showBroken(session, one);
    }
    if (paths.length > 0 && added !== null)
      session.print.note(breaks.length === 0 ? 'no test case breaks' : `${breaks.length} test cases break`);
    if (write !== undefined) await writeInto(session, added, write);
    return breaks.length === 0 ? exitCodes.done : exitCodes.verificationFailed;
  },
});

/** What was added, or would be. */
function findAdded({ id: item, reviewId: review, policy, policyChange }: ItemFacts): Added | null {
  const added = policyChange ?? policy.change;
  if (added === null) return null;
  const { file, policyId, text } = added;
  return { review, item, file, policyId, text };
}

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

function showBroken(session: Session, { file, line, name, differences }: BrokenCase): void {
  const texts = [`${file}:${line}: ${name}`, ...differences.map((text) => `  ${text}`)];
  session.print.text(texts.map((text) => showHonestly(text)).join('\n'));
}

async function writeInto(session: Session, added: Added | null, folder: string): Promise<void> {
  if (added === null) throw new CliError('there is no policy change to write');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CliError(`${folder} is no folder`);
  const file = (await addToFolder(folder, added)).find(({ name }) => name === added.file);
  if (file === undefined) throw new CliError('there is no policy change to write');
  const path = join(folder, file.name);
  writeFileSync(path, file.text);
  session.print.note(`written: ${path}`);
}
