import { defineCommand } from '../../command.ts';

export const removeEnforcementPoint = defineCommand<object>({
  usage: 'remove-enforcement-point <id>',
  summary: 'from now on its tokens are worth nothing',
  async run(session, _options, id = '') {
    await session.api().send('DELETE', `/v1/tokens/enforcement-points/${encodeURIComponent(id)}`);
    session.print.item({ id }, [['REMOVED', (removed) => removed.id]]);
    return undefined;
  },
});
