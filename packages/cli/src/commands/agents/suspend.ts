import { defineCommand } from '../../command.ts';
import { type AgentFacts, agentFields, findAgentId } from './agent.ts';

export const suspendAgent = defineCommand<{ reason?: string }>({
  usage: 'suspend <agent>',
  summary: 'cut its calls, end its tasks and keep it out until it is resumed',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, named = '') {
    const id = await findAgentId(session.api(), named);
    const body = reason === undefined ? {} : { reason };
    session.print.item(
      await session.api().send<AgentFacts>('POST', `/v1/agents/${id}/suspend`, body),
      agentFields,
    );
    return undefined;
  },
});
