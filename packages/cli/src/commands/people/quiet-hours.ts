import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';

export const setQuietHours = defineCommand<{ zone: string }>({
  usage: 'quiet-hours <person> <hours>',
  summary: 'when a person is not told of what waits: 22:00-07:00, or off',
  options: [{ flags: '--zone <name>', summary: 'IANA time zone of that clock', initial: 'UTC' }],
  examples: ['people quiet-hours per_… 22:00-07:00 --zone Europe/Berlin', 'people quiet-hours per_… off'],
  async run(session, { zone }, person = '', hours = '') {
    const path = `/v1/people/${encodeURIComponent(person)}/quiet-hours`;
    await session.api().send('PUT', path, { hours: readHours(hours, zone) });
    session.print.note(
      hours === 'off' ? 'They are told at any time.' : 'They can decide at any time all the same.',
    );
    return undefined;
  },
});

function readHours(text: string, timeZone: string) {
  if (text === 'off') return null;
  const [, from, until] = /^(\d{2}:\d{2})-(\d{2}:\d{2})$/.exec(text) ?? [];
  if (from === undefined || until === undefined) throw new CliError(`${text} is no time such as 22:00-07:00`);
  return { from, until, timeZone };
}
