import { existsSync, writeFileSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { parseCount } from '../../parse-options.ts';
import { type Complaint, describeComplaint, type PolicyFile } from './bundle.ts';
import { describeOpened, describeTried, type Tally, type Tried } from './tally.ts';

interface ExampleOptions {
  readonly group?: string;
  readonly output?: string;
  readonly days: number;
}

interface Example {
  readonly record: string;
  readonly file: PolicyFile;
  readonly bounds: readonly { readonly path: string; readonly isBounded: boolean; readonly why: string }[];
  readonly effect: string | null;
  readonly warnings: readonly Complaint[];
  readonly opens: Tally | null;
  readonly tried: Tried | null;
}

export const policyFromExample = defineCommand<ExampleOptions>({
  usage: 'from-example <decision>',
  summary: 'a rule that covers a recorded call and what is like it, with its bounds; puts nothing in force',
  options: [
    { flags: '--group <group>', summary: 'for this group of the agent, not for the agent alone' },
    { flags: '--output <file>', summary: 'write the rule there, where no file is yet' },
    { flags: '--days <days>', summary: 'try it on what was recorded since', parse: parseCount, initial: 30 },
  ],
  examples: ['policies from-example rec_…', 'policies from-example act_… --output policies/pay.cedar'],
  async run(session, { group, output, days }, id = '') {
    const body = { id, days, ...(group === undefined ? {} : { group }) };
    const example = await session.api().send<Example>('POST', '/v1/policies/from-example', body);
    if (output !== undefined) writeNew(output, example.file.text);
    if (session.json) session.print.item(example, []);
    else if (output === undefined) session.print.text(example.file.text.trimEnd());
    else session.print.note(`written: ${output}`);
    for (const warning of example.warnings) session.print.note(describeComplaint(warning));
    for (const { path, isBounded, why } of example.bounds)
      if (!isBounded) session.print.note(showHonestly(`${path}: ${why}`));
    if (example.effect !== 'allow')
      session.print.note(`with this rule, the call itself would still be: ${example.effect ?? 'unknown'}`);
    if (example.opens !== null) session.print.note(describeOpened(example.opens));
    if (example.tried !== null) session.print.note(describeTried(example.tried));
    return undefined;
  },
});

function writeNew(path: string, text: string): void {
  if (existsSync(path)) throw new CliError(`${path} exists already`);
  writeFileSync(path, text, { flag: 'wx' });
}
