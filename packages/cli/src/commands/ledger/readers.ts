import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { parseTime } from '../../parse-options.ts';

interface ReaderFacts {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly how: string;
  readonly selection: Readonly<Record<string, unknown>>;
  readonly reads: number;
  readonly records: number | null;
  readonly saw: 'named' | 'possibly' | null;
}

interface ReadersOptions {
  readonly record?: string;
  readonly person?: string;
  readonly watermark?: string;
  readonly from?: number;
  readonly to?: number;
}

const fields: readonly Column<ReaderFacts>[] = [
  ['WHEN', ({ at }) => formatTime(at)],
  ['WHO', ({ by }) => by],
  ['HOW', ({ how }) => how],
  ['TIMES', ({ reads }) => reads],
  ['RECORDS', ({ records }) => records],
  ['SAW IT', ({ saw }) => saw],
  ['ASKED FOR', ({ selection }) => JSON.stringify(selection)],
];

export const listReaders = defineCommand<ReadersOptions>({
  usage: 'readers',
  summary: 'who read evidence, newest first: what they asked for, and how often',
  options: [
    { flags: '--record <id>', summary: 'who read this one, or may have seen it among others' },
    { flags: '--person <id>', summary: 'what this person read' },
    { flags: '--watermark <id>', summary: 'who took the copy that bears it' },
    {
      flags: '--from <time>',
      summary: 'since then: a time, or an age such as 30d; else 7d',
      parse: parseTime,
    },
    { flags: '--to <time>', summary: 'before then', parse: parseTime },
  ],
  examples: ['ledger readers --record rec_… --from 30d'],
  async run(session, { record, person, watermark, from, to }) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ record, person, watermark, from, to }))
      if (value !== undefined) query.set(name, String(value));
    const facts = await session
      .api()
      .get<{ items: readonly ReaderFacts[]; truncated: boolean }>(`/v1/ledger/readers?${query}`);
    if (session.json) session.print.item(facts, []);
    else session.print.rows(facts.items, fields, 'nobody read it in this time');
    if (facts.truncated) session.print.note('there are more: ask for a shorter time');
    return undefined;
  },
});
