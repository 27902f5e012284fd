import { defineCommand } from '../../command.ts';
import { type AgentFacts, agentFields, findAgentId } from './agent.ts';

export const resumeAgent = defineCommand<{ reason?: string }>({
  usage: 'resume <agent>',
  summary: 'let a suspended agent open tasks again',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, named = '') {
    const id = await findAgentId(session.api(), named);
    const body = reason === undefined ? {} : { reason };
    session.print.item(
      await session.api().send<AgentFacts>('POST', `/v1/agents/${id}/resume`, body),
      agentFields,
    );
    return undefined;
  },
});
