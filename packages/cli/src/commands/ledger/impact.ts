import { defineCommand } from '../../command.ts';
import { type GraphOptions, graphOptions } from '../../graph-options.ts';
import { showGraph } from './show-graph.ts';

export const traceImpact = defineCommand<GraphOptions>({
  usage: 'impact <id>',
  summary: 'what followed from a record, such as a result that an agent should not have believed',
  options: graphOptions,
  examples: ['ledger impact rec_…'],
  async run(session, asked, id = '') {
    return showGraph(session, { ...asked, id, question: 'impact' });
  },
});
