import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface ProposedGlass {
  readonly id: string;
  readonly link: string;
  readonly expiresAt: number;
}

export const breakGlass = defineCommand<{ reason: string }>({
  usage: 'break-glass <approval>',
  summary: 'ask that one person let a request through alone; they sign it with a passkey',
  options: [
    {
      flags: '--reason <text>',
      summary: 'why nobody else can be waited for, 20 letters or more',
      required: true,
    },
  ],
  examples: ["approvals break-glass apr_… --reason 'payments are down and nobody answers'"],
  async run(session, { reason }, approvalId = '') {
    const body = { approvalId, reason };
    const proposed = await session.api().send<ProposedGlass>('POST', '/v1/approvals/glass', body);
    session.print.item(proposed, [
      ['ID', ({ id }) => id],
      ['SIGN AT', ({ link }) => link],
      ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
    ]);
    session.print.note('Nothing happens until a person whom the policy names for it has signed it there.');
    return undefined;
  },
});
