import { defineCommand } from '../../command.ts';
import { type HoldFacts, holdFields } from './hold-facts.ts';

export const listHolds = defineCommand({
  usage: 'holds',
  summary: 'what may not be erased, and what was on hold before',
  async run(session) {
    const { items } = await session.api().get<{ items: readonly HoldFacts[] }>('/v1/ledger/holds');
    session.print.rows(items, holdFields, 'nothing is on hold');
    return undefined;
  },
});
