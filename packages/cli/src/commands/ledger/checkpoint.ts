import { defineCommand } from '../../command.ts';
import { streamOption } from './stream-option.ts';

interface Checkpoint {
  readonly origin: string;
  readonly vkey: string;
  readonly size: number;
  readonly note: string;
}

export const showCheckpoint = defineCommand<{ witnessed?: boolean; stream?: string }>({
  usage: 'checkpoint',
  summary: 'a signed head over every record there is; keep it apart from the ledger to find truncation later',
  options: [
    { flags: '--witnessed', summary: 'the newest that enough witnesses have cosigned instead' },
    streamOption,
  ],
  examples: ['ledger checkpoint > checkpoint.txt', 'ledger verify export.jsonl --checkpoint checkpoint.txt'],
  async run(session, { witnessed, stream }) {
    const checkpoint = await session.api().get<Checkpoint>('/v1/ledger/checkpoint', { witnessed, stream });
    if (session.json) session.print.item(checkpoint, []);
    // Byte for byte as signed (C2SP signed-note).
    else session.streams.stdout.write(checkpoint.note);
    session.print.note(`${checkpoint.size} records; verifier key ${checkpoint.vkey}`);
    return undefined;
  },
});
