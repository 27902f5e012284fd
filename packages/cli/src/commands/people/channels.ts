import { defineCommand } from '../../command.ts';
import { type PersonChannels, personChannelFields } from './person-channels.ts';

export const showChannels = defineCommand({
  usage: 'channels <person>',
  summary: 'where somebody is told of requests',
  async run(session, _options, person = '') {
    const path = `/v1/people/${encodeURIComponent(person)}/channels`;
    const answer = await session.api().get<PersonChannels>(path);
    if (session.json) session.print.item(answer, []);
    else session.print.rows(answer.channels, personChannelFields);
    for (const { device } of answer.devices) session.print.note(`device: ${device}`);
    return undefined;
  },
});
