import { defineCommand } from '../../command.ts';
import { type ReceiverFacts, receiverFields } from './receiver-facts.ts';

export const listReceivers = defineCommand<object>({
  usage: 'receivers',
  summary: 'programs that are told of security events',
  async run(session) {
    const receivers = await session.api().list<ReceiverFacts>('/v1/signals/receivers', {});
    session.print.rows(receivers, receiverFields, 'there are none');
    return undefined;
  },
});
