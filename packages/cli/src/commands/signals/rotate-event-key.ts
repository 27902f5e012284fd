import { defineCommand } from '../../command.ts';

export const rotateEventKey = defineCommand<object>({
  usage: 'rotate-event-key',
  summary: 'sign security events with a new key; the one before stays published for a day',
  async run(session) {
    const made = await session.api().send<{ readonly kid: string }>('POST', '/v1/signals/keys/rotate');
    session.print.item(made, [['KEY', ({ kid }) => kid]]);
    return undefined;
  },
});
