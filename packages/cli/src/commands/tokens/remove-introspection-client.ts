import { defineCommand } from '../../command.ts';

export const removeIntrospectionClient = defineCommand<object>({
  usage: 'remove-introspection-client <name>',
  summary: 'from now on its token is worth nothing',
  async run(session, _options, name = '') {
    await session.api().send('DELETE', `/v1/tokens/introspection-clients/${encodeURIComponent(name)}`);
    session.print.item({ name }, [['REMOVED', (removed) => removed.name]]);
    return undefined;
  },
});
