import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type Complaint, describeComplaint, readPolicyFiles } from './bundle.ts';
import { type Dropped, warnDropped } from './warn-dropped.ts';

interface Activation {
  readonly version: string;
  readonly digest: string;
  readonly warnings: readonly Complaint[];
  /** What access reviews had taken away and this gives back. */
  readonly dropped: readonly Dropped[];
}

export const activatePolicies = defineCommand<{ bundle?: string; base?: string }>({
  usage: 'activate [files...]',
  summary: 'put .cedar files, or an earlier bundle again, in force: whole or not at all',
  options: [
    { flags: '--bundle <version>', summary: 'an earlier version, to go back to' },
    {
      flags: '--base <version>',
      summary: 'the version this change was begun from; refused when another is in force by now',
    },
  ],
  examples: ['policies activate policies/', 'policies activate --bundle pol_…'],
  async run(session, { bundle, base }, ...paths) {
    if ((bundle === undefined) === (paths.length === 0)) throw new CliError('give either files or --bundle');
    const wanted = bundle === undefined ? { files: readPolicyFiles(paths) } : { version: bundle };
    const body = base === undefined ? wanted : { ...wanted, base };
    const activation = await session.api().send<Activation>('POST', '/v1/policies', body);
    for (const warning of activation.warnings) session.print.note(describeComplaint(warning));
    warnDropped(session, activation.dropped, 'gives back');
    session.print.item(activation, [
      ['VERSION', ({ version }) => version],
      ['DIGEST', ({ digest }) => digest],
    ]);
    return undefined;
  },
});
