import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface Glass {
  readonly id: string;
  readonly approvalId: string;
  readonly personId: string | null;
  readonly reason: string;
  readonly brokenAt: number | null;
  readonly reviewDueAt: number | null;
  readonly isOverdue: boolean;
  readonly reviewedBy: string | null;
  readonly finding: string | null;
  readonly link: string;
}

export const glassFields: readonly Column<Glass>[] = [
  ['ID', ({ id }) => id],
  ['APPROVAL', ({ approvalId }) => approvalId],
  ['BY', ({ personId }) => personId ?? ''],
  ['AT', ({ brokenAt }) => (brokenAt === null ? '' : formatTime(brokenAt))],
  ['REASON', ({ reason }) => reason],
  ['REVIEW', describeReview],
  ['LINK', ({ finding, link }) => (finding === null ? link : '')],
];

function describeReview({ finding, reviewedBy, isOverdue, reviewDueAt }: Glass): string {
  if (finding !== null) return `${finding} by ${reviewedBy}`;
  return `${isOverdue ? 'OVERDUE since' : 'due by'} ${reviewDueAt === null ? '' : formatTime(reviewDueAt)}`;
}

export const listGlass = defineCommand<{ all?: boolean }>({
  usage: 'glass',
  summary: 'what people let through alone and nobody has reviewed',
  options: [{ flags: '--all', summary: 'also what was reviewed' }],
  async run(session, { all }) {
    const path = `/v1/approvals/glass?filter=${all === true ? 'all' : 'due'}`;
    const { items } = await session.api().get<{ items: readonly Glass[] }>(path);
    session.print.rows(items, glassFields, 'nothing waits for a review');
    const overdue = items.filter(({ isOverdue }) => isOverdue).length;
    if (overdue > 0)
      session.print.note(
        `${overdue} overdue: who broke that glass breaks no other until somebody else reviewed it`,
      );
    return undefined;
  },
});
