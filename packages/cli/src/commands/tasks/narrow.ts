import { defineCommand } from '../../command.ts';
import { collect, parseDuration } from '../../parse-options.ts';
import { type PlanFacts, planColumns } from './plan.ts';

interface NarrowOptions {
  readonly remove?: readonly string[];
  readonly within?: number;
  readonly reason?: string;
}

export const narrowGrant = defineCommand<NarrowOptions>({
  usage: 'narrow <task>',
  summary: 'take away what a task may do without asking; at once, without a passkey',
  options: [
    { flags: '--remove <entry>', summary: 'an entry of the plan; may be given often', parse: collect },
    { flags: '--within <duration>', summary: 'the plan ends after this time', parse: parseDuration },
    { flags: '--reason <text>', summary: 'kept as evidence' },
  ],
  examples: ['tasks narrow tsk_01 --remove v2.1', 'tasks narrow tsk_01 --within 5m'],
  async run(session, { remove = [], within, reason }, id = '') {
    const path = `/v1/tasks/${encodeURIComponent(id)}/grant/narrow`;
    const plan = await session.api().send<PlanFacts>('POST', path, {
      remove,
      ...(within === undefined ? {} : { expiresAt: Date.now() + within * 1000 }),
      ...(reason === undefined ? {} : { reason }),
    });
    session.print.rows(plan.entries, planColumns, 'nothing is left of the plan');
    return undefined;
  },
});
