import { defineCommand } from '../../command.ts';

export const testChannel = defineCommand<{ person?: string }>({
  usage: 'test-channel <name>',
  summary: 'send a card that asks for nothing, to see that a channel works',
  options: [
    { flags: '--person <person>', summary: 'whom to send it to, where the channel is of each person' },
  ],
  examples: ['approvals test-channel slack', 'approvals test-channel mail --person per_…'],
  async run(session, { person }, name = '') {
    const path = `/v1/approvals/channels/${encodeURIComponent(name)}/test`;
    await session.api().send('POST', path, person === undefined ? {} : { personId: person });
    session.print.item({ channel: name, sent: true }, [['SENT', () => `a test, on ${name}`]]);
    return undefined;
  },
});
