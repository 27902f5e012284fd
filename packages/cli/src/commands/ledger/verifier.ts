import { readFileSync, writeFileSync } from 'node:fs';
import { defineCommand } from '../../command.ts';

const file = new URL('../standalone/verify-bundle.mjs', import.meta.resolve('@countersign/ledger'));

export const writeVerifier = defineCommand<{ out?: string }>({
  usage: 'verifier',
  summary: 'the verifier of bundles as one file, for a machine with Node.js and nothing of this product',
  options: [{ flags: '--out <file>', summary: 'write here instead of to standard output; never overwrites' }],
  examples: ['ledger verifier --out verify-bundle.mjs', 'ledger verifier | less'],
  async run(session, { out }) {
    const text = readFileSync(file, 'utf8');
    if (out === undefined) {
      session.streams.stdout.write(text);
      return undefined;
    }
    writeFileSync(out, text, { flag: 'wx' });
    session.print.note(`The verifier is in ${out}: node ${out} <bundle> --vkey <key>`);
    return undefined;
  },
});
