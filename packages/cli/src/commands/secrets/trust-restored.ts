import { defineCommand } from '../../command.ts';

export const trustRestored = defineCommand({
  usage: 'trust-restored',
  summary:
    'take the secret stores as they are after a restore that was meant; rotate what was stolen meanwhile',
  async run(session) {
    await session.api().send('POST', '/v1/secrets/trust-restored');
    session.print.item({ trusted: true }, [['TRUSTED', ({ trusted }) => trusted]]);
    return undefined;
  },
});
