import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { findAgentId } from './agent.ts';
import { handoverFields, proposeHandovers } from './handover.ts';

export const handOver = defineCommand<{ to: string; from?: string; retire?: boolean; reason?: string }>({
  usage: 'hand-over [agent...]',
  summary:
    'ask another person to take agents over, with their passkey, as far as the agents used what they had',
  options: [
    { flags: '--to <person>', summary: 'who is asked', required: true },
    { flags: '--from <person>', summary: 'all agents of this person' },
    { flags: '--retire', summary: 'suggest to retire them instead: many with one signature' },
    { flags: '--reason <text>', summary: 'shown to who is asked, and kept as evidence' },
  ],
  examples: ['agents hand-over --from per_… --to per_…', 'agents hand-over invoice-bot --to per_…'],
  async run(session, { to, from, retire, reason }, ...agents) {
    if ((from === undefined) === (agents.length === 0)) throw new CliError('name agents, or give --from');
    const api = session.api();
    const ids = await Promise.all(agents.map((named) => findAgentId(api, named)));
    const made = await proposeHandovers(api, {
      ...{ toPersonId: to, suggests: retire === true ? 'retire' : 'take' },
      ...(from === undefined ? { agentIds: ids } : { fromPersonId: from }),
      ...(reason === undefined ? {} : { reason }),
    });
    session.print.rows(made, handoverFields);
    return undefined;
  },
});
