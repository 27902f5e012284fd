import { defineCommand } from '../../command.ts';
import { type AgentFacts, agentFields, findAgentId } from './agent.ts';

export const reassignAgent = defineCommand<{ to: string; reason?: string }>({
  usage: 'reassign <agent>',
  summary: 'make another person accountable; what the former owner delegated ends',
  options: [
    { flags: '--to <person>', summary: 'the new owner', required: true },
    { flags: '--reason <text>', summary: 'kept as evidence' },
  ],
  async run(session, { to, reason }, named = '') {
    const id = await findAgentId(session.api(), named);
    const body = { ownerId: to, ...(reason === undefined ? {} : { reason }) };
    session.print.item(
      await session.api().send<AgentFacts>('PUT', `/v1/agents/${id}/owner`, body),
      agentFields,
    );
    return undefined;
  },
});
