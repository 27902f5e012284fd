import { defineCommand } from '../../command.ts';
import { findAgentId } from '../agents/agent.ts';
import { type Delegation, delegationFields } from './delegation.ts';

export const listDelegations = defineCommand<{ agent?: string; person?: string }>({
  usage: 'list',
  summary: 'delegations, newest first',
  options: [
    { flags: '--agent <agent>', summary: 'only to this agent' },
    { flags: '--person <person>', summary: 'only those that begin with this person' },
  ],
  async run(session, { agent, person }) {
    const api = session.api();
    const query = {
      agentId: agent === undefined ? undefined : await findAgentId(api, agent),
      personId: person,
    };
    session.print.rows(
      await api.list<Delegation>('/v1/delegations', query),
      delegationFields,
      'no delegations',
    );
    return undefined;
  },
});
