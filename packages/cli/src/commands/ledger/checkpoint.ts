import { defineCommand } from '../../command.ts';

interface Checkpoint {
  readonly origin: string;
  readonly vkey: string;
  readonly size: number;
  readonly note: string;
}

export const showCheckpoint = defineCommand<{ witnessed?: boolean }>({
  usage: 'checkpoint',
  summary: 'a signed head over every record there is; keep it apart from the ledger to find truncation later',
  options: [{ flags: '--witnessed', summary: 'the newest that enough witnesses have cosigned instead' }],
  examples: ['ledger checkpoint > checkpoint.txt', 'ledger verify export.jsonl --checkpoint checkpoint.txt'],
  async run(session, { witnessed }) {
    const checkpoint = await session.api().get<Checkpoint>('/v1/ledger/checkpoint', { witnessed });
    if (session.json) session.print.item(checkpoint, []);
    // Byte for byte as signed (C2SP signed-note).
    else session.streams.stdout.write(checkpoint.note);
    session.print.note(`${checkpoint.size} records; verifier key ${checkpoint.vkey}`);
    return undefined;
  },
});
