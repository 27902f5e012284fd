import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface RecoveryLink {
  readonly link: string;
  readonly expiresAt: number;
}

export const recoverPerson = defineCommand<{ reason: string }>({
  usage: 'recover <person>',
  summary:
    'as the owner of this machine: a one-time link to a new passkey, where no two administrators can do it',
  options: [{ flags: '--reason <text>', summary: 'kept in the ledger', required: true }],
  examples: ['people recover per_… --reason "The only administrator lost the phone"'],
  async run(session, { reason }, personId = '') {
    const path = '/v1/people/recoveries/operator';
    const made = await session.api().send<RecoveryLink>('POST', path, { personId, reason });
    session.print.item(made, [
      ['LINK', ({ link }) => link],
      ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
    ]);
    session.print.note(
      'Hand the link to the person yourself: whoever opens it first becomes them. It ends all passkeys and sessions that they had.',
    );
    return undefined;
  },
});
