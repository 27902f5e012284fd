import { parseCount } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { type ToldGraph, tellGraph } from './tell-graph.ts';

export interface ShowGraphOptions {
  readonly limit: number;
}

export const graphLimit = {
  flags: '--limit <count>',
  summary: 'at most so many records',
  parse: parseCount,
  initial: 256,
};

export async function showGraph(
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
