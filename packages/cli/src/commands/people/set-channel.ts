import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type PersonChannels, personChannelFields } from './person-channels.ts';

export const setChannel = defineCommand<{ on?: boolean; off?: boolean; address?: string }>({
  usage: 'set-channel <person> <channel>',
  summary: 'turn a channel on or off for somebody, or name their address; a code goes there',
  options: [
    { flags: '--on', summary: 'tell them there' },
    { flags: '--off', summary: 'tell them there no more' },
    { flags: '--address <address>', summary: 'a mailbox, or the id of a member of a chat' },
  ],
  examples: [
    'people set-channel per_… mail --address dana@example.com',
    'people set-channel per_… push --off',
  ],
  async run(session, { on, off, address }, person = '', channel = '') {
    if (on === true && off === true) throw new CliError('--on and --off exclude each other');
    const wanted = {
      ...(on === true ? { on: true } : off === true ? { on: false } : {}),
      ...(address === undefined ? {} : { address }),
    };
    if (Object.keys(wanted).length === 0) throw new CliError('say --on, --off or --address');
    const path = `/v1/people/${encodeURIComponent(person)}/channels/${encodeURIComponent(channel)}`;
    const answer = await session.api().send<PersonChannels>('PUT', path, wanted);
    if (session.json) session.print.item(answer, []);
    else session.print.rows(answer.channels, personChannelFields);
    if (address !== undefined) {
      session.print.note('A code went there. Nothing else does before it comes back.');
      session.print.next(`people prove-address ${person} ${channel} <code>`);
    }
    return undefined;
  },
});
