import { defineCommand } from '../../command.ts';
import { graphLimit, type ShowGraphOptions, showGraph } from './show-graph.ts';

export const explainRecord = defineCommand<ShowGraphOptions>({
  usage: 'why <id>',
  summary: 'what led to a record, action, approval, task or delegation, back to prompt, policies and people',
  options: [graphLimit],
  examples: ['ledger why act_…', 'ledger why rec_… --json'],
  async run(session, { limit }, id = '') {
    await showGraph(session, { id, limit, question: 'why' });
    return undefined;
  },
});
