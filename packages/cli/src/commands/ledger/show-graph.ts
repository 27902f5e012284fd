import type { ExitCode } from '../../exit-codes.ts';
import { parseCount } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { type ToldGraph, tellGraph } from './tell-graph.ts';
import { walkBundle } from './walk-bundle.ts';

export interface ShowGraphOptions {
  readonly limit: number;
  readonly bundle?: string;
  readonly vkey?: string;
}

export const graphOptions = [
  { flags: '--limit <count>', summary: 'at most so many records', parse: parseCount, initial: 256 },
  { flags: '--bundle <file>', summary: 'in this bundle, without a server' },
  { flags: '--vkey <key>', summary: "with --bundle: the log's verifier key, known from elsewhere" },
] as const;

export interface Question extends ShowGraphOptions {
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
