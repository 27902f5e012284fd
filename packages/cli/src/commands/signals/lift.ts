import { defineCommand } from '../../command.ts';
import { type StopFacts, stopFields } from './stop-facts.ts';

export const liftStop = defineCommand<{ reason?: string }>({
  usage: 'lift <stop>',
  summary: 'lift one stop; others on the same target stay in force',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, id = '') {
    const path = `/v1/signals/${encodeURIComponent(id)}/lift`;
    const body = reason === undefined ? {} : { reason };
    session.print.item(await session.api().send<StopFacts>('POST', path, body), stopFields);
    return undefined;
  },
});
