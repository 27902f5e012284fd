import { defineCommand } from '../../command.ts';
import { type ErasureFacts, erasureFields } from './erasure-facts.ts';

export const listErasures = defineCommand({
  usage: 'erasures',
  summary: 'erasures that were asked for, where they are signed, and what became of them',
  async run(session) {
    const { items } = await session.api().get<{ items: readonly ErasureFacts[] }>('/v1/ledger/erasures');
    session.print.rows(items, erasureFields, 'nobody has asked for an erasure');
    return undefined;
  },
});
