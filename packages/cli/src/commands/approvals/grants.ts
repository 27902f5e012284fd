import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { type Column, ShownText } from '../../output/printer.ts';

interface Grant {
  readonly approvalId: string;
  readonly agentName: string;
  readonly taskId: string;
  readonly upstream: string;
  readonly tool: string;
  readonly terms: readonly string[];
  readonly used: number;
  readonly uses: number;
  readonly spentMinor: number;
  readonly totalMinor: number | null;
  readonly currency: string | null;
  readonly givenBy: readonly string[];
  readonly givenAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
}

const fields: readonly Column<Grant>[] = [
  ['APPROVAL', ({ approvalId }) => approvalId],
  ['AGENT', ({ agentName }) => agentName],
  ['TOOL', ({ upstream, tool }) => `${upstream}/${tool}`],
  ['USED', ({ used, uses }) => `${used}/${uses}`],
  ['SPENT', nameSpent],
  ['GIVEN BY', ({ givenBy }) => givenBy],
  [
    'UNTIL',
    ({ endedAt, endReason, expiresAt }) =>
      endedAt === null ? formatTime(expiresAt) : `ended: ${endReason ?? ''}`,
  ],
  ['TERMS', ({ terms }) => new ShownText(terms.map(showHonestly).join('; '))],
];

function nameSpent({ spentMinor, totalMinor, currency }: Grant): string {
  return totalMinor === null ? '' : `${spentMinor}/${totalMinor} ${currency ?? ''}`;
}

export const listGrants = defineCommand<{ history?: boolean }>({
  usage: 'grants',
  summary: 'what people let happen beyond single calls, and how much of it was used',
  options: [{ flags: '--history', summary: 'what is used up, ended or over instead' }],
  async run(session, { history }) {
    const query = { filter: history === true ? 'history' : 'active' };
    const grants = await session.api().list<Grant>('/v1/approvals/grants', query);
    session.print.rows(grants, fields, 'every call that needs a person is asked for alone');
    const [first] = grants;
    if (first !== undefined && history !== true)
      session.print.next(`approvals end-grant ${first.approvalId}`);
    return undefined;
  },
});
