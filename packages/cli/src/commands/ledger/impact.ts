import { defineCommand } from '../../command.ts';
import { graphLimit, type ShowGraphOptions, showGraph } from './show-graph.ts';

export const traceImpact = defineCommand<ShowGraphOptions>({
  usage: 'impact <id>',
  summary: 'what followed from a record, such as a result that an agent should not have believed',
  options: [graphLimit],
  examples: ['ledger impact rec_…'],
  async run(session, { limit }, id = '') {
    await showGraph(session, { id, limit, question: 'impact' });
    return undefined;
  },
});
