import { defineCommand } from '../../command.ts';
import { type AgentDetail, agentDetailFields, findAgentId } from './agent.ts';

export const showAgent = defineCommand({
  usage: 'show <agent>',
  summary: 'one agent, its public keys and its workloads, by id or name',
  async run(session, _options, named = '') {
    const id = await findAgentId(session.api(), named);
    session.print.item(await session.api().get<AgentDetail>(`/v1/agents/${id}`), agentDetailFields);
    session.print.next(`delegations list --agent ${id}`, `ledger search --agent ${id}`);
    return undefined;
  },
});
