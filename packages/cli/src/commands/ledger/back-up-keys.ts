import { writeFile } from 'node:fs/promises';
import { defineCommand } from '../../command.ts';
import { copyFields, type KeyCopyFacts } from './key-copy-facts.ts';

export const backUpKeys = defineCommand<{ out: string }>({
  usage: 'back-up-keys',
  summary: 'a numbered copy of the keys that open the evidence, sealed under the master key',
  options: [
    { flags: '--out <file>', summary: 'written for its owner alone; never overwrites', required: true },
  ],
  examples: ['ledger back-up-keys --out evidence-keys-1.sealed'],
  async run(session, { out }) {
    const made = await session
      .api()
      .send<{ copy: KeyCopyFacts; file: string }>('POST', '/v1/ledger/key-copies', {});
    await writeFile(out, made.file, { flag: 'wx', mode: 0o600 });
    session.print.item(made.copy, copyFields);
    session.print.note(
      'What is erased from now on this copy can still open. Destroy it when that must not be.',
    );
    return undefined;
  },
});
