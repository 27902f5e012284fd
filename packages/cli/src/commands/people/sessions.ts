import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface OpenSession {
  readonly id: string;
  readonly openedAt: number;
  readonly verifiedAt: number | null;
  readonly method: string;
  readonly agent: string;
  readonly endsAt: number;
}

export const listSessions = defineCommand<{ end?: string; endAll?: boolean }>({
  usage: 'sessions <person>',
  summary: 'where somebody is signed in; ends one or all of it',
  options: [
    { flags: '--end <session>', summary: 'end this one' },
    { flags: '--end-all', summary: 'end all of them' },
  ],
  examples: ['people sessions per_…', 'people sessions per_… --end-all'],
  async run(session, { end, endAll }, person = '') {
    if (end !== undefined && endAll === true) throw new CliError('--end and --end-all exclude each other');
    const path = `/v1/people/${encodeURIComponent(person)}/sessions`;
    if (end !== undefined || endAll === true) {
      const one = end === undefined ? '' : `/${encodeURIComponent(end)}`;
      const ended = await session.api().send<{ ended: number }>('POST', `${path}${one}/end`);
      session.print.item(ended, [['ENDED', (answer) => answer.ended]]);
      return undefined;
    }
    const { items } = await session.api().get<{ items: readonly OpenSession[] }>(path);
    session.print.rows(items, [
      ['ID', ({ id }) => id],
      ['BY', ({ method }) => method],
      ['WITH', ({ agent }) => agent],
      ['OPENED', ({ openedAt }) => formatTime(openedAt)],
      ['VERIFIED', ({ verifiedAt }) => (verifiedAt === null ? 'never' : formatTime(verifiedAt))],
      ['ENDS', ({ endsAt }) => formatTime(endsAt)],
    ]);
    return undefined;
  },
});
