import { writeFileSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { generateWitnessKey } from '../../witness/witness-key-file.ts';

export const makeWitnessKey = defineCommand<{ name: string; out: string }>({
  usage: 'keygen',
  summary: 'make the key of a witness; prints the verifier key that logs and auditors need',
  options: [
    {
      flags: '--name <name>',
      summary: 'such as witness.example.org/one: no spaces, no plus',
      required: true,
    },
    { flags: '--out <file>', summary: 'keeps the private key (0600); never overwritten', required: true },
  ],
  examples: ['witness keygen --name witness.example.org/one --out witness.key'],
  async run(session, { name, out }) {
    const { secret, vkey } = generateWitnessKey(name);
    try {
      writeFileSync(out, secret, { mode: 0o600, flag: 'wx' });
    } catch (cause) {
      throw new CliError(`${out} cannot be written, or exists already; keys are never overwritten`, {
        cause,
      });
    }
    if (session.json) session.print.item({ name, vkey, file: out }, []);
    else session.print.text(vkey);
    session.print.next(`witness --key ${out} --log <vkey> --state witness.db --listen 127.0.0.1:7421`);
    return undefined;
  },
});
