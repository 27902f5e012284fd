import { defineCommand } from '../../command.ts';
import { showLines } from '../../output/honest-text.ts';
import { ShownText } from '../../output/printer.ts';
import { describeLabels, describeLift, type TaskFacts, type TaskLabelFacts, taskFields } from './task.ts';

export const showTask = defineCommand({
  usage: 'show <task>',
  summary: 'one task, and what its agent was asked',
  async run(session, _options, id = '') {
    type Detail = TaskFacts & {
      readonly prompt: string | null;
      readonly parentTaskId: string | null;
    } & TaskLabelFacts;
    session.print.item(await session.api().get<Detail>(`/v1/tasks/${encodeURIComponent(id)}`), [
      ...taskFields,
      ['WORKS FOR', ({ parentTaskId }) => parentTaskId],
      ['HAS READ', describeLabels],
      ['LIFTED', ({ lifted }) => lifted.map(describeLift).join('; ')],
      ['PROMPT', ({ prompt }) => (prompt === null ? null : new ShownText(showLines(prompt)))],
    ]);
    session.print.next(`ledger search --task ${id}`);
    return undefined;
  },
});
