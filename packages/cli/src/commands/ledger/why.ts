import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { type ToldGraph, tellGraph } from './tell-graph.ts';

const options = [
  { flags: '--limit <count>', summary: 'at most so many records', parse: parseCount, initial: 256 },
];

export const explainRecord = defineCommand<{ limit: number }>({
  usage: 'why <id>',
  summary: 'what led to a record, action, approval, task or delegation, back to prompt, policies and people',
  options,
  examples: ['ledger why act_…', 'ledger why rec_… --json'],
  async run(session, { limit }, id = '') {
    await showGraph(session, { id, limit, question: 'why' });
    return undefined;
  },
});

export const traceImpact = defineCommand<{ limit: number }>({
  usage: 'impact <id>',
  summary: 'what followed from a record, such as a result that an agent should not have believed',
  options,
  examples: ['ledger impact rec_…'],
  async run(session, { limit }, id = '') {
    await showGraph(session, { id, limit, question: 'impact' });
    return undefined;
  },
});

async function showGraph(
  session: Session,
  {
    id,
    limit,
    question,
  }: { readonly id: string; readonly limit: number; readonly question: 'why' | 'impact' },
): Promise<void> {
  const path = `/v1/ledger/records/${encodeURIComponent(id)}/${question}`;
  const graph = await session.api().get<ToldGraph>(path, { limit: Math.min(Math.max(limit, 1), 1000) });
  if (session.json) session.print.item(graph, []);
  else session.print.text(tellGraph(graph, question === 'why' ? 'back' : 'on'));
  session.print.next(`ledger show ${graph.record.id}`);
}
