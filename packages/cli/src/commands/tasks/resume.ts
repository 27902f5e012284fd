import { defineCommand } from '../../command.ts';
import { type TaskFacts, taskFields } from './task.ts';

export const resumeTask = defineCommand<{ reason: string }>({
  usage: 'resume <task>',
  summary: 'let the paused work of a task go on; what was counted against it begins anew',
  options: [{ flags: '--reason <text>', summary: 'why it may go on; kept as evidence', required: true }],
  examples: ['tasks resume tsk_… --reason "the loop was a wrong date, corrected"'],
  async run(session, { reason }, id = '') {
    const path = `/v1/tasks/${encodeURIComponent(id)}/resume`;
    session.print.item(await session.api().send<TaskFacts>('POST', path, { reason }), taskFields);
    return undefined;
  },
});
