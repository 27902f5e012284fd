import { defineCommand } from '../../command.ts';
import type { Column } from '../../output/printer.ts';
import { findAgentId } from './agent.ts';

interface PeerFacts {
  readonly upstream: string;
  readonly agentId: string | null;
  readonly direct: boolean;
  readonly begun: number;
  readonly waiting: number;
}

interface PeersFacts {
  readonly card: { readonly address: string } | null;
  readonly calledAs: readonly string[];
  readonly peers: readonly PeerFacts[];
}

const fields: readonly Column<PeerFacts>[] = [
  ['PEER', ({ upstream }) => upstream],
  ['AGENT', ({ agentId }) => agentId ?? 'of others'],
  ['DIRECT', ({ direct }) => (direct ? 'yes' : 'no')],
  ['TASKS', ({ begun }) => String(begun)],
  ['WAITING', ({ waiting }) => String(waiting)],
];

export const listPeers = defineCommand({
  usage: 'peers <agent>',
  summary: 'the peer agents that an agent may call, and what it has begun there',
  examples: ['agents peers clerk'],
  async run(session, _options, named = '') {
    const id = await findAgentId(session.api(), named);
    const facts = await session.api().get<PeersFacts>(`/v1/agents/${id}/peers`);
    if (session.json) session.print.item(facts, []);
    else {
      session.print.rows(facts.peers, fields, 'it may call no peer agent');
      if (facts.card !== null) session.print.item(facts.card, [['CARD', ({ address }) => address]]);
    }
    return undefined;
  },
});
