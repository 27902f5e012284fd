import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { type ChannelStanding, listStandings } from './channel-standing.ts';

export const listChannels = defineCommand({
  usage: 'channels',
  summary: 'where people are told, and what could not be told',
  async run(session) {
    session.print.rows<ChannelStanding>(await listStandings(session.api()), [
      ['NAME', ({ name }) => name],
      ['KIND', ({ kind }) => kind],
      ['FOR', ({ reach }) => (reach === 'person' ? 'each person' : 'a place')],
      ['OWED', ({ owed }) => owed],
      ['SINCE', ({ owedSince }) => (owedSince === null ? '' : formatTime(owedSince))],
      ['GIVEN UP', ({ failed }) => failed],
      ['WHY', ({ lastFailure }) => lastFailure ?? ''],
    ]);
    return undefined;
  },
});
