import { defineCommand } from '../../command.ts';
import { type GraphOptions, graphOptions } from '../../graph-options.ts';
import { showGraph } from './show-graph.ts';

export const explainRecord = defineCommand<GraphOptions>({
  usage: 'why <id>',
  summary: 'what led to a record, action, approval, task or delegation, back to prompt, policies and people',
  options: graphOptions,
  examples: ['ledger why act_…', 'ledger why rec_… --json', 'ledger why act_… --bundle incident.bundle'],
  async run(session, asked, id = '') {
    return showGraph(session, { ...asked, id, question: 'why' });
  },
});
