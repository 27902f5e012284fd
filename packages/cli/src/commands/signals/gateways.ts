import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface Gateway {
  readonly stream: string;
  readonly release: string;
  readonly startedAt: number;
  readonly state: 'running' | 'gone';
  readonly answers: boolean;
}

export const listGateways = defineCommand({
  usage: 'gateways',
  summary: 'the gateways that share the database, and which of them are running',
  async run(session) {
    const { items } = await session.api().get<{ items: Gateway[] }>('/v1/signals/gateways');
    session.print.rows(
      items,
      [
        ['STREAM', ({ stream }) => stream],
        ['STATE', ({ state, answers }) => (answers ? 'running, answers this' : state)],
        ['RELEASE', ({ release }) => release],
        ['STARTED', ({ startedAt }) => formatTime(startedAt)],
      ],
      'the database is not shared',
    );
    return undefined;
  },
});
