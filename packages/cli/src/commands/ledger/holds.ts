import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

interface HoldFacts {
  readonly id: string;
  readonly selection: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  readonly endedAt: number | null;
}

const holdFields: readonly Column<HoldFacts>[] = [
  ['HOLD', ({ id }) => id],
  ['ON', ({ selection }) => selection],
  ['SINCE', ({ at }) => formatTime(at)],
  ['BY', ({ by }) => by],
  ['ENDED', ({ endedAt }) => (endedAt === null ? undefined : formatTime(endedAt))],
  ['REASON', ({ reason }) => reason],
];

export const listHolds = defineCommand({
  usage: 'holds',
  summary: 'what may not be erased, and what was on hold before',
  async run(session) {
    const { items } = await session.api().get<{ items: readonly HoldFacts[] }>('/v1/ledger/holds');
    session.print.rows(items, holdFields, 'nothing is on hold');
    return undefined;
  },
});

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
