import type { ExitCode } from '../../exit-codes.ts';
import type { GraphOptions } from '../../graph-options.ts';
import type { Session } from '../../session.ts';
import { type ToldGraph, tellGraph } from './tell-graph.ts';
import { walkBundle } from './walk-bundle.ts';

export interface Question extends GraphOptions {
  readonly id: string;
  readonly question: 'why' | 'impact';
}

export async function showGraph(session: Session, asked: Question): Promise<ExitCode | undefined> {
  const { bundle, id, question } = asked;
  const limit = Math.min(Math.max(asked.limit, 1), 1000);
  if (bundle !== undefined) {
    const walked = await walkBundle(session, { ...asked, bundle, limit });
    if (typeof walked === 'number') return walked;
    print(session, walked, question);
    return undefined;
  }
  const path = `/v1/ledger/records/${encodeURIComponent(id)}/${question}`;
  const graph = await session.api().get<ToldGraph>(path, { limit });
  print(session, graph, question);
  session.print.next(`ledger show ${graph.record.id}`);
  return undefined;
}

function print(session: Session, graph: ToldGraph, question: Question['question']): void {
  if (session.json) session.print.item(graph, []);
  else session.print.text(tellGraph(graph, question === 'why' ? 'back' : 'on'));
}
