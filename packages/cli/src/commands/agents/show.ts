import { defineCommand } from '../../command.ts';
import { type AgentDetail, type AgentModelFacts, agentDetailFields, findAgentId } from './agent.ts';

export const showAgent = defineCommand({
  usage: 'show <agent>',
  summary: 'one agent, its public keys, its workloads and the models it has had, by id or name',
  async run(session, _options, named = '') {
    const api = session.api();
    const id = await findAgentId(api, named);
    const agent = await api.get<Omit<AgentDetail, 'models'>>(`/v1/agents/${id}`);
    const { items } = await api.get<{ items: readonly AgentModelFacts[] }>(`/v1/agents/${id}/models`);
    session.print.item<AgentDetail>({ ...agent, models: items }, agentDetailFields);
    session.print.next(`delegations list --agent ${id}`, `ledger search --agent ${id}`);
    return undefined;
  },
});
