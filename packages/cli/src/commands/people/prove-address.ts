import { defineCommand } from '../../command.ts';
import { type PersonChannels, personChannelFields } from './person-channels.ts';

export const proveAddress = defineCommand({
  usage: 'prove-address <person> <channel> <code>',
  summary: 'take the code that was sent to an address; cards go there from now on',
  async run(session, _options, person = '', channel = '', code = '') {
    const path = `/v1/people/${encodeURIComponent(person)}/channels/${encodeURIComponent(channel)}/proof`;
    const answer = await session.api().send<PersonChannels>('POST', path, { code });
    if (session.json) session.print.item(answer, []);
    else session.print.rows(answer.channels, personChannelFields);
    return undefined;
  },
});
