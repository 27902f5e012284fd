import { defineCommand } from '../../command.ts';
import { type HoldFacts, holdFields } from './hold-facts.ts';

export const endHold = defineCommand<{ reason: string }>({
  usage: 'end-hold <hold>',
  summary: 'let what only this hold kept be erased and retired again',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence', required: true }],
  async run(session, { reason }, id = '') {
    const path = `/v1/ledger/holds/${encodeURIComponent(id)}/end`;
    session.print.item(await session.api().send<HoldFacts>('POST', path, { reason }), holdFields);
    return undefined;
  },
});
