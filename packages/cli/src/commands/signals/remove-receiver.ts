import { defineCommand } from '../../command.ts';

export const removeReceiver = defineCommand<object>({
  usage: 'remove-receiver <receiver>',
  summary: 'from now on its token is worth nothing, and its streams are gone',
  async run(session, _options, id = '') {
    await session.api().send('DELETE', `/v1/signals/receivers/${encodeURIComponent(id)}`);
    session.print.item({ id }, [['REMOVED', (removed) => removed.id]]);
    return undefined;
  },
});
