import { defineCommand } from '../../command.ts';
import { type StopFacts, stopFields } from './stop-facts.ts';

export const listStops = defineCommand<{ all?: boolean }>({
  usage: 'list',
  summary: 'stops in force',
  options: [{ flags: '--all', summary: 'lifted ones too' }],
  async run(session, { all }) {
    const query = { state: all === true ? 'all' : 'inForce' };
    session.print.rows(
      await session.api().list<StopFacts>('/v1/signals', query),
      stopFields,
      'nothing is stopped',
    );
    return undefined;
  },
});
