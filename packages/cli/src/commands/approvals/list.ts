import { defineCommand } from '../../command.ts';
import { type Approval, approvalFields } from './approval.ts';

export const listApprovals = defineCommand<{ history?: boolean }>({
  usage: 'list',
  summary: 'what waits for a person',
  options: [{ flags: '--history', summary: 'what was decided or expired instead' }],
  async run(session, { history }) {
    const query = { filter: history === true ? 'history' : 'all' };
    const approvals = await session.api().list<Approval>('/v1/approvals', query);
    session.print.rows(approvals, approvalFields, 'nothing waits for a person');
    const first = approvals[0];
    if (first !== undefined && history !== true) session.print.next(`approvals show ${first.id}`);
    return undefined;
  },
});
