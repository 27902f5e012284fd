import { defineCommand } from '../../command.ts';
import { findAgentId } from '../agents/agent.ts';
import { type TaskFacts, taskFields } from './task.ts';

export const listTasks = defineCommand<{ agent?: string; delegation?: string; open?: boolean }>({
  usage: 'list',
  summary: 'tasks, newest first',
  options: [
    { flags: '--agent <agent>', summary: 'only of this agent' },
    { flags: '--delegation <delegation>', summary: 'only under this delegation' },
    { flags: '--open', summary: 'only those still open' },
  ],
  async run(session, { agent, delegation, open }) {
    const api = session.api();
    const tasks = await api.list<TaskFacts>('/v1/tasks', {
      agentId: agent === undefined ? undefined : await findAgentId(api, agent),
      delegationId: delegation,
      state: open === true ? 'open' : 'all',
    });
    session.print.rows(tasks, taskFields, 'no tasks');
    return undefined;
  },
});
