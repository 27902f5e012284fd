import { defineCommand } from '../../command.ts';

export const rotateKeys = defineCommand<{ revokeEarlier?: boolean }>({
  usage: 'rotate-keys',
  summary: 'sign new tokens with a new key; live tokens stay good unless the earlier keys are revoked',
  options: [{ flags: '--revoke-earlier', summary: 'refuse at once every token that an earlier key signed' }],
  async run(session, { revokeEarlier }) {
    const body = { revokeEarlier: revokeEarlier === true };
    session.print.item(await session.api().send<{ kid: string }>('POST', '/v1/tokens/keys/rotate', body), [
      ['KEY', ({ kid }) => kid],
    ]);
    return undefined;
  },
});
