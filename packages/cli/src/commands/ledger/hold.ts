import { defineCommand } from '../../command.ts';
import { type HoldFacts, holdFields } from './hold-facts.ts';

export const addHold = defineCommand<{ reason: string }>({
  usage: 'hold <id>',
  summary:
    'keep all that names a record, action, task, person, agent, approval or delegation from being erased',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence', required: true }],
  examples: ['ledger hold tsk_… --reason "case 12/2027"'],
  async run(session, { reason }, id = '') {
    session.print.item(
      await session.api().send<HoldFacts>('POST', '/v1/ledger/holds', { id, reason }),
      holdFields,
    );
    return undefined;
  },
});
