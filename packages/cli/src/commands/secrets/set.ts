import { defineCommand } from '../../command.ts';
import { readTextFile } from '../../parse-options.ts';
import { readStandardInput } from '../../session.ts';
import { type SecretFacts, secretFields } from './secret.ts';

const mostBytes = 16_384;

export const setSecret = defineCommand<{ file?: string }>({
  usage: 'set <name>',
  summary: 'keep a credential, from standard input or a file; one last line break is not part of it',
  options: [{ flags: '--file <file>', summary: 'read it from here instead of standard input' }],
  examples: ['secrets set payments-api-key --file key.txt', 'secrets set payments-api-key < key.txt'],
  // Never from an argument: arguments are in the shell's history and visible to every process of the machine.
  async run(session, { file }, name = '') {
    const text =
      file === undefined ? await readStandardInput(session.streams, mostBytes) : readTextFile(file);
    const path = `/v1/secrets/${encodeURIComponent(name)}`;
    const stored = await session.api().send<SecretFacts>('PUT', path, { value: text.replace(/\r?\n$/, '') });
    session.print.item(stored, secretFields);
    session.print.note(`Settings of upstreams refer to it as {secret:${name}}.`);
    return undefined;
  },
});
