import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';

interface ExportOptions {
  readonly out?: string;
  readonly first?: number;
  readonly before?: number;
  readonly witnessed?: boolean;
}

export const exportLedger = defineCommand<ExportOptions>({
  usage: 'export',
  summary: 'all records with what is needed to verify them offline, as JSON lines',
  options: [
    { flags: '--out <file>', summary: 'write here instead of to standard output; never overwrites' },
    { flags: '--first <seq>', summary: 'from this record on', parse: parseCount },
    { flags: '--before <seq>', summary: 'up to, not including, this record', parse: parseCount },
    { flags: '--witnessed', summary: 'up to the newest checkpoint that enough witnesses have cosigned' },
  ],
  examples: ['ledger export --out evidence.jsonl', 'ledger verify evidence.jsonl'],
  async run(session, { out, first, before, witnessed }) {
    const lines = await session.api().download('/v1/ledger/export', { from: first, to: before, witnessed });
    if (out === undefined) {
      await pipeline(Readable.from(lines), session.streams.stdout, { end: false });
      return undefined;
    }
    await pipeline(Readable.from(lines), createWriteStream(out, { flags: 'wx', mode: 0o600 }));
    session.print.note(`The ledger is in ${out}.`);
    session.print.next(`ledger verify ${out}`);
    return undefined;
  },
});
