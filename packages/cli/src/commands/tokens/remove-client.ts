import { defineCommand } from '../../command.ts';

interface Removed {
  readonly clientId: string;
  readonly ended: readonly string[];
  readonly endedTasks: readonly string[];
}

export const removeClient = defineCommand({
  usage: 'remove-client <id>',
  summary: 'forget an application and end at once all that people let it do; takes a document URL as well',
  async run(session, _options, clientId = '') {
    const removed = await session.api().send<Removed>('POST', '/v1/tokens/clients/remove', { clientId });
    session.print.item(removed, [
      ['CLIENT', (one) => one.clientId],
      ['DELEGATIONS ENDED', (one) => String(one.ended.length)],
      ['TASKS ENDED', (one) => String(one.endedTasks.length)],
    ]);
    return undefined;
  },
});
