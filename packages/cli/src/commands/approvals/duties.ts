import { defineCommand } from '../../command.ts';
import { type Duty, dutyFields } from './duty.ts';

export const listDuties = defineCommand<{ all?: boolean }>({
  usage: 'duties',
  summary: 'who approves for whom',
  options: [{ flags: '--all', summary: 'also what is over' }],
  async run(session, { all }) {
    const path = `/v1/approvals/duties?filter=${all === true ? 'all' : 'live'}`;
    const { items } = await session.api().get<{ items: readonly Duty[] }>(path);
    session.print.rows(items, dutyFields, 'everybody approves for themselves');
    return undefined;
  },
});
