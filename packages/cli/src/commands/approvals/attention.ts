import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import type { Session } from '../../session.ts';

interface PersonAttention {
  readonly name: string;
  readonly approved: number;
  readonly denied: number;
  readonly medianReadMilliseconds: number | null;
  readonly neverOpenedShare: number | null;
  readonly regretted: number;
  readonly askedLastHour: number;
  readonly asksPerHour: number;
}

type Advice =
  | {
      readonly kind: 'write_a_policy';
      readonly person: string;
      readonly tool: string;
      readonly approved: number;
      readonly medianReadMilliseconds: number;
    }
  | { readonly kind: 'adds_no_control'; readonly policy: string; readonly decided: number };

interface CheckFigures {
  readonly name: string;
  readonly caught: number;
  readonly missed: number;
  readonly unanswered: number;
  readonly withdrawn: number;
}

interface Report {
  readonly days: number;
  readonly decisions: number;
  readonly isAll: boolean;
  readonly people: readonly PersonAttention[];
  readonly advice: readonly Advice[];
  /** Absent at a server that knows none. */
  readonly checks?: {
    readonly days: number;
    readonly perWeek: number;
    readonly people: readonly CheckFigures[];
  };
}

const fields: readonly Column<PersonAttention>[] = [
  ['NAME', ({ name }) => name],
  ['YES', ({ approved }) => approved],
  ['NO', ({ denied }) => denied],
  ['READS', ({ medianReadMilliseconds: read }) => (read === null ? '?' : describeSeconds(read))],
  ['NEVER OPENED', ({ neverOpenedShare: share }) => (share === null ? '?' : `${Math.round(share * 100)} %`)],
  ['REGRETTED', ({ regretted }) => regretted],
  ['ASKED THIS HOUR', ({ askedLastHour, asksPerHour }) => `${askedLastHour} of ${asksPerHour}`],
];

const checkFields: readonly Column<CheckFigures>[] = [
  ['CHECKED', ({ name }) => name],
  ['CAUGHT', ({ caught }) => caught],
  ['MISSED', ({ missed }) => missed],
  ['UNANSWERED', ({ unanswered }) => unanswered],
  ['WITHDRAWN', ({ withdrawn }) => withdrawn],
];

export const showAttention = defineCommand({
  usage: 'attention',
  summary:
    'how people decide, how much they are asked, how checks of them ended, and which questions add nothing',
  async run(session) {
    const report = await session.api().get<Report>('/v1/approvals/attention');
    if (session.json) {
      session.print.item(report, []);
      return undefined;
    }
    session.print.rows(report.people, fields, `nobody decided anything in ${report.days} days`);
    for (const advice of report.advice) session.print.text(describeAdvice(advice));
    if (report.checks !== undefined) printChecks(session, report.checks);
    if (!report.isAll) session.print.note(`Of the newest ${report.decisions} decisions.`);
    return undefined;
  },
});

/** Everybody is told that there are checks, and how many at most. */
function printChecks(session: Session, { days, perWeek, people }: NonNullable<Report['checks']>): void {
  if (perWeek > 0)
    session.print.note(`Each approver is shown up to ${perWeek} refused requests again a week, as a check.`);
  if (people.length === 0) return;
  session.print.text(`\nHow the checks of ${days} days ended:`);
  session.print.rows(people, checkFields, '');
}

function describeAdvice(advice: Advice): string {
  if (advice.kind === 'adds_no_control')
    return `policy ${showHonestly(advice.policy)}: ${advice.decided} of ${advice.decided} approved; asking adds no control`;
  const read = describeSeconds(advice.medianReadMilliseconds);
  return `${showHonestly(advice.tool)}: ${advice.person} approved ${advice.approved} of ${advice.approved} in ${read}; write a policy (countersign policies from-example)`;
}

function describeSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
