import { roles } from '@countersign/api';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { collect } from '../../parse-options.ts';

interface Invitation {
  readonly personId: string;
  readonly link: string;
  readonly expiresAt: number;
}

export const invitePerson = defineCommand<{ email?: string; role: readonly string[] }>({
  usage: 'invite <name>',
  summary: 'make a one-time link with which a person joins and sets up a passkey',
  options: [
    {
      flags: '--role <role>',
      summary: `${roles.join(', ')}, or a group of yours; may be given many times`,
      required: true,
      parse: collect,
    },
    { flags: '--email <address>', summary: 'to tell people of the same name apart' },
  ],
  examples: ['people invite "Ana Alves" --role owner --role approver'],
  async run(session, { email, role }, name = '') {
    const body = { displayName: name, roles: role, ...(email === undefined ? {} : { email }) };
    const invitation = await session.api().send<Invitation>('POST', '/v1/people', body);
    session.print.item(invitation, [
      ['PERSON', ({ personId }) => personId],
      ['LINK', ({ link }) => link],
      ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
    ]);
    session.print.note(
      'Hand the link to the person yourself: whoever opens it first becomes them. It is not shown again.',
    );
    return undefined;
  },
});
