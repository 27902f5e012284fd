import { defineCommand } from '../../command.ts';

export const removeSecret = defineCommand({
  usage: 'remove <name>',
  summary: 'forget a credential; calls that need it fail from then on',
  async run(session, _options, name = '') {
    await session.api().send('DELETE', `/v1/secrets/${encodeURIComponent(name)}`);
    session.print.item({ name, removed: true }, [['REMOVED', (removed) => removed.name]]);
    return undefined;
  },
});
