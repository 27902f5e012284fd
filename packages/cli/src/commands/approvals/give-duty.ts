import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { collect, parseTime } from '../../parse-options.ts';

interface Options {
  readonly for: string;
  readonly until: number;
  readonly from?: number;
  readonly name?: readonly string[];
}

interface ProposedDuty {
  readonly id: string;
  readonly link: string;
  readonly expiresAt: number;
}

export const giveDuty = defineCommand<Options>({
  usage: 'give-duty <holder>',
  summary: 'prepare that one approver stands in for another; the other signs it with a passkey',
  options: [
    { flags: '--for <person>', summary: 'whose duty it is', required: true },
    { flags: '--until <time>', summary: 'until when, 30 days at most', required: true, parse: parseTime },
    { flags: '--from <time>', summary: 'since when; now when left out', parse: parseTime },
    { flags: '--name <role>', summary: 'only for this role or group; may be given again', parse: collect },
  ],
  examples: ['approvals give-duty per_… --for per_… --until 2026-12-04T18:00:00Z --name finance'],
  async run(session, { for: giverId, until, from, name }, holderId = '') {
    const body = { giverId, holderId, until, names: name ?? null, ...(from === undefined ? {} : { from }) };
    const proposed = await session.api().send<ProposedDuty>('POST', '/v1/approvals/duties', body);
    session.print.item(proposed, [
      ['ID', ({ id }) => id],
      ['SIGN AT', ({ link }) => link],
      ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
    ]);
    session.print.note('Nothing changes until the person whose duty it is has signed it there.');
    session.print.next('approvals duties');
    return undefined;
  },
});
