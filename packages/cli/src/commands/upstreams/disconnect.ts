import { defineCommand } from '../../command.ts';

export const disconnectUpstream = defineCommand({
  usage: 'disconnect <name> <connection>',
  summary: "end a person's connection, here and at its issuer",
  async run(session, _options, name = '', connection = '') {
    const path = `/v1/upstreams/${encodeURIComponent(name)}/connections/${encodeURIComponent(connection)}`;
    await session.api().send('DELETE', path);
    session.print.item({ connection, ended: true }, [['ENDED', (one) => one.connection]]);
    return undefined;
  },
});
