import { defineCommand } from '../../command.ts';
import { collect, readJsonFile } from '../../parse-options.ts';
import { type ClientFacts, clientFields } from './client-facts.ts';

interface AddClientOptions {
  readonly redirect: readonly string[];
  readonly key: readonly string[];
  readonly dpop?: boolean;
}

export const addClient = defineCommand<AddClientOptions>({
  usage: 'add-client <name>',
  summary: 'register an application through which people let agents act',
  options: [
    {
      flags: '--redirect <uri>',
      summary: 'where answers may go; give it once for each',
      required: true,
      parse: collect,
      initial: [],
    },
    {
      flags: '--key <file>',
      summary: 'public JWK with which it proves itself; without one it is a public client',
      parse: collect,
      initial: [],
    },
    { flags: '--dpop', summary: 'it gets no token that is not bound to its key' },
  ],
  examples: ['tokens add-client "Code editor" --redirect http://127.0.0.1/callback'],
  async run(session, { redirect, key, dpop }, name = '') {
    const keys = key.map(readJsonFile);
    const body = { name, redirectUris: redirect, keys, dpopBound: dpop === true };
    session.print.item(
      await session.api().send<ClientFacts>('POST', '/v1/tokens/clients', body),
      clientFields,
    );
    return undefined;
  },
});
