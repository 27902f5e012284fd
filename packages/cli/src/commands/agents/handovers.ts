import { defineCommand } from '../../command.ts';
import { type HandoverFacts, handoverDetailFields, handoverFields } from './handover.ts';

const path = '/v1/agents/handovers';

export const listHandovers = defineCommand({
  usage: 'handovers',
  summary: 'agents that were proposed to other owners, newest first',
  async run(session) {
    const handovers = await session.api().list<HandoverFacts>(path, { limit: 200 });
    session.print.rows(handovers, handoverFields, 'no handovers yet');
    return undefined;
  },
});

export const showHandover = defineCommand({
  usage: 'handover <handover>',
  summary: 'one handover, and what became of each agent',
  async run(session, _options, id = '') {
    session.print.item(await session.api().get<HandoverFacts>(`${path}/${id}`), handoverDetailFields);
    return undefined;
  },
});

export const withdrawHandover = defineCommand<{ reason?: string }>({
  usage: 'withdraw-handover <handover>',
  summary: 'take a proposal back that nobody has answered',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, id = '') {
    const body = reason === undefined ? {} : { reason };
    const ended = await session.api().send<HandoverFacts>('POST', `${path}/${id}/decline`, body);
    session.print.item(ended, handoverDetailFields);
    return undefined;
  },
});
