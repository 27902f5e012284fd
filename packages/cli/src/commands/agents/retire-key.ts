import { defineCommand } from '../../command.ts';
import { type AgentKeyFacts, findAgentId, keyFields } from './agent.ts';

export const retireAgentKey = defineCommand<{ reason?: string }>({
  usage: 'retire-key <agent> <thumbprint>',
  summary: "end a key now, as after a theft; the agent's tasks end with it",
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, named = '', thumbprint = '') {
    const id = await findAgentId(session.api(), named);
    const path = `/v1/agents/${id}/keys/${encodeURIComponent(thumbprint)}/retire`;
    const body = reason === undefined ? {} : { reason };
    const { keys } = await session.api().send<{ keys: readonly AgentKeyFacts[] }>('POST', path, body);
    session.print.rows(keys, keyFields);
    return undefined;
  },
});
