import { defineCommand } from '../../command.ts';
import { parseTime } from '../../parse-options.ts';
import { type Rota, rotaFields } from './rota.ts';

export const overrideRota = defineCommand<{ from: number; until: number }>({
  usage: 'override-rota <name> <person>',
  summary: 'put somebody on call for a time instead of the one whose turn it is',
  options: [
    { flags: '--from <time>', summary: 'since when', required: true, parse: parseTime },
    { flags: '--until <time>', summary: 'until when', required: true, parse: parseTime },
  ],
  examples: [
    'approvals override-rota payments per_… --from 2026-12-24T08:00:00Z --until 2026-12-27T08:00:00Z',
  ],
  async run(session, { from, until }, name = '', personId = '') {
    const path = `/v1/approvals/rotas/${encodeURIComponent(name)}/overrides`;
    session.print.item(await session.api().send<Rota>('POST', path, { personId, from, until }), rotaFields);
    return undefined;
  },
});
