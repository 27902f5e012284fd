import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatDuration, formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { parseDuration } from '../../parse-options.ts';
import { describeReview, type ReviewOptions, reviewOptions } from './open.ts';

interface ScheduleFacts {
  readonly everySeconds: number;
  readonly review: { readonly title: string };
  readonly nextAt: number;
  readonly setBy: string;
}

const fields: readonly Column<ScheduleFacts>[] = [
  ['EVERY', ({ everySeconds }) => formatDuration(everySeconds * 1000)],
  ['TITLE', ({ review }) => review.title],
  ['NEXT', ({ nextAt }) => formatTime(nextAt)],
  ['SET BY', ({ setBy }) => setBy],
];
const path = '/v1/reviews/schedule';
interface Answer {
  readonly schedule: ScheduleFacts | null;
}

export const scheduleReviews = defineCommand<
  ReviewOptions & { every?: number; title?: string; off?: boolean }
>({
  usage: 'schedule',
  summary: 'have reviews opened by themselves, the first one at once; without options, say when they are',
  options: [
    { flags: '--every <duration>', summary: '1d to 366d, such as 90d', parse: parseDuration },
    { flags: '--title <title>', summary: 'of each' },
    { flags: '--off', summary: 'no more' },
    ...reviewOptions,
  ],
  examples: ["reviews schedule --every 90d --title 'Every quarter' --tier 1"],
  async run(session, { every, title, off, ...options }) {
    if (every !== undefined && off === true) throw new CliError('give --every or --off, not both');
    if ((every === undefined) !== (title === undefined))
      throw new CliError('give --every and --title together');
    const api = session.api();
    const body =
      every === undefined || title === undefined
        ? { everySeconds: null }
        : { everySeconds: every, review: describeReview(title, options) };
    const isChange = every !== undefined || off === true;
    const { schedule } = isChange ? await api.send<Answer>('PUT', path, body) : await api.get<Answer>(path);
    if (schedule !== null || session.json) session.print.item(schedule as ScheduleFacts, fields);
    else session.print.note('No reviews are scheduled.');
    return undefined;
  },
});
