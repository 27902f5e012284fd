import { defineCommand } from '../../command.ts';
import { type AgentFacts, type AgentKeyFacts, agentDetailFields, findAgentId } from './agent.ts';

export const showAgent = defineCommand({
  usage: 'show <agent>',
  summary: 'one agent and its public keys, by id or name',
  async run(session, _options, named = '') {
    const id = await findAgentId(session.api(), named);
    type Detail = AgentFacts & { readonly keys: readonly AgentKeyFacts[] };
    session.print.item(await session.api().get<Detail>(`/v1/agents/${id}`), agentDetailFields);
    session.print.next(`delegations list --agent ${id}`, `ledger search --agent ${id}`);
    return undefined;
  },
});
