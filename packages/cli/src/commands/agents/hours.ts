import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import { findAgentId } from './agent.ts';

interface Hours {
  readonly from: number;
  readonly to: number;
}

export const setHours = defineCommand<{ from?: number; to?: number; learn?: boolean }>({
  usage: 'hours <agent>',
  summary: 'say at which hours (UTC) an agent is meant to work: `agents ghosts` tells when it does not',
  options: [
    { flags: '--from <hour>', summary: '0 to 23', parse: parseCount },
    { flags: '--to <hour>', summary: '0 to 24; not later than --from: over midnight', parse: parseCount },
    { flags: '--learn', summary: 'learn them from what it does' },
  ],
  examples: ['agents hours invoice-bot --from 7 --to 19', 'agents hours invoice-bot --learn'],
  async run(session, { from, to, learn }, named = '') {
    if ((from === undefined || to === undefined) === (learn !== true))
      throw new CliError('give --from and --to, or --learn');
    const id = await findAgentId(session.api(), named);
    const hours = learn === true ? null : { from, to };
    const set = await session.api().send<{ hours: Hours | null }>('PUT', `/v1/agents/${id}/hours`, { hours });
    session.print.item(set, [
      ['HOURS', (one) => (one.hours === null ? 'learned' : `${one.hours.from} to ${one.hours.to} UTC`)],
    ]);
    return undefined;
  },
});
