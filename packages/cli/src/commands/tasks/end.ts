import { defineCommand } from '../../command.ts';
import { type TaskFacts, taskFields } from './task.ts';

export const endTask = defineCommand<{ reason?: string }>({
  usage: 'end <task>',
  summary: 'end a task: its tokens stop working and its calls in flight are cut',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, id = '') {
    const path = `/v1/tasks/${encodeURIComponent(id)}/end`;
    const ended = await session
      .api()
      .send<TaskFacts & { cut: readonly string[] }>('POST', path, reason === undefined ? {} : { reason });
    session.print.item(ended, [...taskFields, ['CALLS CUT', ({ cut }) => cut]]);
    return undefined;
  },
});
