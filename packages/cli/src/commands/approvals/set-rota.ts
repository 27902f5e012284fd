import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import { type Rota, rotaFields } from './rota.ts';

interface Options {
  readonly days: number;
  readonly starts: string;
  readonly handover: string;
  readonly zone: string;
}

export const setRota = defineCommand<Options>({
  usage: 'set-rota <name> <people...>',
  summary: 'make or replace a rota: people in the order of their turns',
  options: [
    { flags: '--starts <day>', summary: 'when the first takes over: 2026-11-23', required: true },
    { flags: '--days <number>', summary: 'how long a turn is', parse: parseCount, initial: 7 },
    { flags: '--handover <time>', summary: 'when they hand over', initial: '09:00' },
    { flags: '--zone <name>', summary: 'IANA time zone of that clock', initial: 'UTC' },
  ],
  examples: ['approvals set-rota payments per_… per_… --starts 2026-11-23 --zone Europe/Berlin'],
  async run(session, { days, starts, handover, zone }, name = '', ...people) {
    const path = `/v1/approvals/rotas/${encodeURIComponent(name)}`;
    const body = { people, periodDays: days, startsOn: starts, handover, timeZone: zone };
    session.print.item(await session.api().send<Rota>('PUT', path, body), rotaFields);
    return undefined;
  },
});
