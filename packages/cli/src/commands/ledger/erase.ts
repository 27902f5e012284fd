import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import type { Column } from '../../output/printer.ts';
import { type ErasureFacts, erasureFields } from './erasure-facts.ts';

interface EraseOptions {
  readonly record?: string;
  readonly action?: string;
  readonly task?: string;
  readonly person?: string;
  readonly reason?: string;
  readonly digest?: string;
  readonly dryRun?: boolean;
}

interface Preview {
  readonly id: string;
  readonly digest: string;
  readonly records: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly holds: readonly string[];
}

const previewFields: readonly Column<Preview>[] = [
  ['OF', ({ id }) => id],
  ['RECORDS', ({ records }) => records],
  ['CLASSES', ({ classes }) => listCounts(classes)],
  ['KINDS', ({ kinds }) => listCounts(kinds)],
  ['ON HOLD', ({ holds }) => holds],
  ['DIGEST', ({ digest }) => digest],
];

export const eraseRecords = defineCommand<EraseOptions>({
  usage: 'erase',
  summary: 'ask that what records say be destroyed for good; two people sign it. Look with --dry-run first',
  options: [
    { flags: '--record <record>', summary: 'this record alone' },
    { flags: '--action <action>', summary: 'all that was recorded of an action' },
    { flags: '--task <task>', summary: 'all that was recorded of a task, with its prompt' },
    {
      flags: '--person <person>',
      summary: 'all that names a person who has left, with their name and address',
    },
    { flags: '--dry-run', summary: 'only show what would be erased, and its digest' },
    { flags: '--digest <digest>', summary: 'that --dry-run has shown: exactly these are asked for' },
    { flags: '--reason <text>', summary: 'kept as evidence; say nothing in it that is to be erased' },
  ],
  examples: [
    'ledger erase --task tsk_… --dry-run',
    'ledger erase --task tsk_… --digest … --reason "asked for by …"',
  ],
  async run(session, { record, action, task, person, reason, digest, dryRun = false }) {
    const named = [record, action, task, person].filter((id) => id !== undefined);
    const [id] = named;
    if (id === undefined || named.length > 1)
      throw new CliError('Name one of --record, --action, --task and --person.');
    if (dryRun) {
      const preview = await session.api().send<Preview>('POST', '/v1/ledger/erasures/preview', { id });
      session.print.item(preview, previewFields);
      return undefined;
    }
    if (digest === undefined || reason === undefined)
      throw new CliError('Give the --digest that --dry-run shows, and a --reason.');
    const asked = await session
      .api()
      .send<ErasureFacts>('POST', '/v1/ledger/erasures', { id, digest, reason });
    session.print.item(asked, erasureFields);
    session.print.note(
      'Nothing is erased until you and then a second person have signed it there with a passkey.',
    );
    session.print.next('ledger erasures');
    return undefined;
  },
});

function listCounts(counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).map(([name, count]) => `${name} ${count}`);
}
