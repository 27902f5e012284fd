import { defineCommand } from '../../command.ts';
import { type PlanFacts, planColumns } from './plan.ts';

export const showGrant = defineCommand({
  usage: 'grant <task>',
  summary: 'what a task may do without a person being asked',
  async run(session, _options, id = '') {
    const plan = await session.api().get<PlanFacts>(`/v1/tasks/${encodeURIComponent(id)}/grant`);
    session.print.rows(
      plan.entries,
      planColumns,
      plan.isGiven ? 'nothing' : 'nobody said what it is to do: its plan is none',
    );
    if (plan.isGiven) {
      const words = plan.confirmedBy === null ? 'as the agent says' : `signed by ${plan.confirmedBy}`;
      session.print.note(`The prompt is ${words}, read as ${plan.reading ?? 'unclear'}.`);
    }
    session.print.next(`tasks amend ${id} --confirm`, `tasks narrow ${id} --remove <entry>`);
    return undefined;
  },
});
