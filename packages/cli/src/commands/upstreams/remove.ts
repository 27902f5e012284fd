import { defineCommand } from '../../command.ts';

export const removeUpstream = defineCommand({
  usage: 'remove <name>',
  summary: 'take an upstream away; its calls are cut',
  async run(session, _options, name = '') {
    await session.api().send('DELETE', `/v1/upstreams/${encodeURIComponent(name)}`);
    session.print.item({ name, removed: true }, [['REMOVED', (removed) => removed.name]]);
    return undefined;
  },
});
