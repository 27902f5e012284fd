import { defineCommand } from '../../command.ts';
import { type AgentFacts, agentFields, findAgentId } from './agent.ts';

export const retireAgent = defineCommand<{ reason?: string }>({
  usage: 'retire <agent>',
  summary: 'end an agent for good',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, named = '') {
    const id = await findAgentId(session.api(), named);
    const body = reason === undefined ? {} : { reason };
    session.print.item(
      await session.api().send<AgentFacts>('POST', `/v1/agents/${id}/retire`, body),
      agentFields,
    );
    return undefined;
  },
});
