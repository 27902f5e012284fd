import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatDuration, formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { parseDuration } from '../../parse-options.ts';

export interface ScheduleFacts {
  readonly everySeconds: number;
  readonly drills: readonly string[] | null;
  readonly nextAt: number;
  readonly setBy: string;
  readonly setAt: number;
}

const fields: readonly Column<ScheduleFacts>[] = [
  ['EVERY', ({ everySeconds }) => formatDuration(everySeconds * 1000)],
  ['DRILLS', ({ drills }) => drills ?? 'all'],
  ['NEXT', ({ nextAt }) => formatTime(nextAt)],
  ['SET BY', ({ setBy }) => setBy],
];

const path = '/v1/exposure/drills/schedule';

export const scheduleDrills = defineCommand<{ every?: number; off?: boolean }>({
  usage: 'schedule [drill...]',
  summary: 'have drills run by themselves, the first time at once; without options, say when they do',
  options: [
    { flags: '--every <duration>', summary: '15m to 90d, such as 1d', parse: parseDuration },
    { flags: '--off', summary: 'no more' },
  ],
  examples: ['drills schedule --every 1d', 'drills schedule injection kill-switch --every 6h'],
  async run(session, { every, off }, ...drills) {
    if (every !== undefined && off === true) throw new CliError('give --every or --off, not both');
    if (every === undefined && off !== true && drills.length > 0)
      throw new CliError('say how often: --every 1d');
    const body = { everySeconds: off === true ? null : every, ...(drills.length === 0 ? {} : { drills }) };
    const api = session.api();
    const isChange = every !== undefined || off === true;
    const { schedule } = isChange
      ? await api.send<{ schedule: ScheduleFacts | null }>('PUT', path, body)
      : await api.get<{ schedule: ScheduleFacts | null }>(path);
    if (schedule !== null || session.json) session.print.item(schedule as ScheduleFacts, fields);
    else session.print.note('No drills are scheduled.');
    return undefined;
  },
});
