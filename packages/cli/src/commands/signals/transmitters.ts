import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface TransmitterFacts {
  readonly name: string;
  readonly issuer: string;
  readonly delivery: string;
  readonly events: Readonly<Record<string, number>>;
  readonly lastAt: number | null;
}

export const listTransmitters = defineCommand<object>({
  usage: 'transmitters',
  summary: 'who may tell of people and sessions, and what became of their events',
  async run(session) {
    session.print.rows(
      await session.api().list<TransmitterFacts>('/v1/signals/transmitters', {}),
      [
        ['NAME', ({ name }) => name],
        ['ISSUER', ({ issuer }) => issuer],
        ['DELIVERY', ({ delivery }) => delivery],
        ['EVENTS', ({ events }) => Object.entries(events).map(([outcome, count]) => `${outcome} ${count}`)],
        ['LAST', ({ lastAt }) => (lastAt === null ? 'never' : formatTime(lastAt))],
      ],
      'the configuration names none',
    );
    return undefined;
  },
});
