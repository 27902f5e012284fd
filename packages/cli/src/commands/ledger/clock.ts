import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import type { ClockFacts } from './clock-facts.ts';

const fields: readonly Column<ClockFacts>[] = [
  ['CLOCK', ({ jumpedAt }) => (jumpedAt === null ? 'believed' : `in doubt since ${formatTime(jumpedAt)}`)],
  ['JUMP', ({ jumpedAt }) => jumpedAt],
];

export const showClock = defineCommand<{ readonly confirm?: string }>({
  usage: 'clock',
  summary: 'whether the clock is believed by which evidence grows old, or say that it is right',
  options: [
    { flags: '--confirm <jump>', summary: 'the jump that was shown: the clock is right, retire by it again' },
  ],
  examples: ['ledger clock', 'ledger clock --confirm 1790000000000'],
  async run(session, { confirm }) {
    if (confirm === undefined) {
      session.print.item(await session.api().get<ClockFacts>('/v1/ledger/clock'), fields);
      return undefined;
    }
    if (!/^[0-9]{1,15}$/.test(confirm))
      throw new CliError('Give --confirm the number that `ledger clock` shows.');
    const body = { jumpedAt: Number(confirm) };
    session.print.item(
      await session.api().send<ClockFacts>('POST', '/v1/ledger/clock/confirm', body),
      fields,
    );
    return undefined;
  },
});
