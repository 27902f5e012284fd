import { defineCommand } from '../../command.ts';
import { type AgentFacts, agentFields } from './agent.ts';

export const listAgents = defineCommand({
  usage: 'list',
  summary: 'the inventory of agents',
  async run(session) {
    const agents = await session.api().list<AgentFacts>('/v1/agents', { limit: 200 });
    session.print.rows(agents, agentFields, 'no agents yet');
    if (agents.length === 0) session.print.next("agents register <name> --purpose '…' --generate-key <file>");
    return undefined;
  },
});
