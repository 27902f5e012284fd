import { writeFileSync } from 'node:fs';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import type { Session } from '../../session.ts';

interface SignedReview {
  readonly report: {
    readonly review: string;
    readonly title: string;
    readonly closedAt: number;
    readonly figures: {
      readonly items: number;
      readonly decidedByPeople: number;
      readonly decidedByDeadline: number;
      readonly leftUndecided: number;
      readonly undone: number;
      readonly medianSeconds: number | null;
      readonly keptShare: number;
      readonly reviewers: readonly { readonly person: string; readonly looksLikeRubberStamp: boolean }[];
    };
  };
}

const fields: readonly Column<SignedReview>[] = [
  ['REVIEW', ({ report }) => `${report.title} (${report.review})`],
  ['CLOSED', ({ report }) => formatTime(report.closedAt)],
  ['ITEMS', ({ report }) => report.figures.items],
  ['BY PEOPLE', ({ report }) => report.figures.decidedByPeople],
  ['BY THE DEADLINE', ({ report }) => report.figures.decidedByDeadline],
  ['LEFT', ({ report }) => report.figures.leftUndecided],
  ['UNDONE', ({ report }) => report.figures.undone],
  ['MEDIAN SECONDS', ({ report }) => report.figures.medianSeconds],
  ['KEPT UNCHANGED', ({ report }) => `${Math.round(report.figures.keptShare * 100)} %`],
  [
    'LOOKS LIKE A RUBBER STAMP',
    ({ report }) =>
      report.figures.reviewers.filter((one) => one.looksLikeRubberStamp).map(({ person }) => person),
  ],
];

function print(session: Session, signed: SignedReview, out: string | undefined): void {
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(signed)}\n`);
  session.print.item(signed, fields);
}

const options = [{ flags: '--out <file>', summary: 'write the signed report there as JSON' }] as const;

export const closeReview = defineCommand<{ out?: string }>({
  usage: 'close <review>',
  summary: 'end a review of which everything is decided, and sign what came of it',
  options,
  async run(session, { out }, id = '') {
    const path = `/v1/reviews/${encodeURIComponent(id)}/close`;
    print(session, await session.api().send<SignedReview>('POST', path, {}), out);
    return undefined;
  },
});

export const reportReview = defineCommand<{ out?: string }>({
  usage: 'report <review>',
  summary: 'the signed report of a closed review',
  options,
  async run(session, { out }, id = '') {
    print(
      session,
      await session.api().get<SignedReview>(`/v1/reviews/${encodeURIComponent(id)}/report`),
      out,
    );
    return undefined;
  },
});
