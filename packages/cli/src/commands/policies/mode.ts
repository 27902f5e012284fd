import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface ModeProposal {
  readonly id: string;
  readonly policyId: string;
  readonly from: string;
  readonly to: string;
  readonly link: string;
  readonly expiresAt: number;
}

export const switchMode = defineCommand<{ reason: string }>({
  usage: 'mode <policy> <mode>',
  summary: 'propose that a policy be in enforce, warn or shadow; a person signs it with a passkey',
  options: [{ flags: '--reason <text>', summary: 'why; who signs it reads it', required: true }],
  examples: ["policies mode files:no-moving warn --reason 'see who needs it'"],
  async run(session, { reason }, policyId = '', mode = '') {
    const body = { policyId, mode, reason };
    const proposal = await session.api().send<ModeProposal>('POST', '/v1/policies/modes', body);
    session.print.item(proposal, [
      ['POLICY', (one) => one.policyId],
      ['FROM', ({ from }) => from],
      ['TO', ({ to }) => to],
      ['SIGN AT', ({ link }) => link],
      ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
    ]);
    session.print.note('Nothing changes until a person who may switch modes has signed it there.');
    session.print.next('policies modes');
    return undefined;
  },
});
