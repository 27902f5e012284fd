import { defineCommand } from '../../command.ts';
import { readValue } from './read-value.ts';
import { type SecretFacts, secretFields } from './secret.ts';

export const setSecret = defineCommand<{ file?: string }>({
  usage: 'set <name>',
  summary: 'keep a credential, from standard input or a file; one last line break is not part of it',
  options: [{ flags: '--file <file>', summary: 'read it from here instead of standard input' }],
  examples: ['secrets set payments-api-key --file key.txt', 'secrets set payments-api-key < key.txt'],
  async run(session, { file }, name = '') {
    const value = await readValue(session, file);
    const path = `/v1/secrets/${encodeURIComponent(name)}`;
    const stored = await session.api().send<SecretFacts>('PUT', path, { value });
    session.print.item(stored, secretFields);
    session.print.note(`Settings of upstreams refer to it as {secret:${name}}.`);
    return undefined;
  },
});
