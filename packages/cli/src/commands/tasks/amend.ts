import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { collect, readTextFile } from '../../parse-options.ts';

interface AmendOptions {
  readonly call?: readonly string[];
  readonly promptFile?: string;
  readonly confirm?: boolean;
}

interface AskedPlan {
  readonly calls: readonly {
    readonly upstream: string;
    readonly tool: string;
    readonly standing: string;
  }[];
  readonly approval: { readonly id: string; readonly link: string; readonly expiresAt: number };
}

export const amendGrant = defineCommand<AmendOptions>({
  usage: 'amend <task>',
  summary: 'propose what a task may do beside its plan; the person it is done for signs it with a passkey',
  options: [
    { flags: '--call <call>', summary: 'upstream/tool=JSON arguments; may be given often', parse: collect },
    { flags: '--prompt-file <file>', summary: 'what the person asked for, in place of what the agent says' },
    { flags: '--confirm', summary: 'that the prompt the agent gave is what the person asked for' },
  ],
  examples: [
    `tasks amend tsk_01 --call 'mail/send={"to":"ben@example.com"}'`,
    'tasks amend tsk_01 --confirm',
  ],
  async run(session, { call = [], promptFile, confirm }, id = '') {
    const asked = await session
      .api()
      .send<AskedPlan>('POST', `/v1/tasks/${encodeURIComponent(id)}/grant/amendments`, {
        calls: call.map(readCall),
        ...(promptFile === undefined ? {} : { prompt: readTextFile(promptFile) }),
        ...(confirm === true ? { confirm } : {}),
      });
    session.print.item(asked, [
      ['REQUEST', ({ approval }) => approval.id],
      ['SIGN AT', ({ approval }) => approval.link],
      ['UNTIL', ({ approval }) => formatTime(approval.expiresAt)],
      [
        'CALLS',
        ({ calls }) => calls.map(({ upstream, tool, standing }) => `${upstream}/${tool}: ${standing}`),
      ],
    ]);
    session.print.note('Nothing changes until the person it is done for has signed it there.');
    session.print.next(`tasks grant ${id}`);
    return undefined;
  },
});

function readCall(text: string): object {
  const [, upstream, tool, json = '{}'] = /^([^/=]+)\/([^=]+?)(?:=(.*))?$/s.exec(text) ?? [];
  if (upstream === undefined || tool === undefined)
    throw new CliError(`${text} is not upstream/tool=JSON arguments`);
  try {
    return { upstream, tool, arguments: JSON.parse(json) };
  } catch (cause) {
    throw new CliError(`the arguments of ${upstream}/${tool} are not JSON`, { cause });
  }
}
