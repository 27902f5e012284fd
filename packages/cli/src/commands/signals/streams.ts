import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface StreamFacts {
  readonly id: string;
  readonly receiver: string;
  readonly method: string;
  readonly address: string | null;
  readonly status: string;
  readonly statusReason: string | null;
  readonly waiting: number;
  readonly oldestAt: number | null;
  readonly attempts: number;
}

export const listStreams = defineCommand<object>({
  usage: 'streams',
  summary: 'streams of security events, and what waits in them',
  async run(session) {
    session.print.rows(
      await session.api().list<StreamFacts>('/v1/signals/streams', {}),
      [
        ['ID', ({ id }) => id],
        ['RECEIVER', ({ receiver }) => receiver],
        ['DELIVERY', ({ address }) => address ?? 'fetched'],
        [
          'STATUS',
          ({ status, statusReason }) => (statusReason === null ? status : `${status}: ${statusReason}`),
        ],
        ['WAITING', ({ waiting }) => String(waiting)],
        ['OLDEST', ({ oldestAt }) => (oldestAt === null ? '' : formatTime(oldestAt))],
        ['VAIN TRIES', ({ attempts }) => String(attempts)],
      ],
      'there are none',
    );
    return undefined;
  },
});

export const resumeStream = defineCommand<object>({
  usage: 'resume-stream <stream>',
  summary: 'let a stream that was paused go on, with all that waits',
  async run(session, _options, id = '') {
    await session.api().send('POST', `/v1/signals/streams/${encodeURIComponent(id)}/resume`);
    session.print.item({ id }, [['RESUMED', (resumed) => resumed.id]]);
    return undefined;
  },
});
