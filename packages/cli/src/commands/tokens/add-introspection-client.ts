import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type IntrospectionClientFacts, introspectionClientFields } from './introspection-client-facts.ts';

export const addIntrospectionClient = defineCommand<{ upstream?: readonly string[]; all?: boolean }>({
  usage: 'add-introspection-client <name>',
  summary: 'let a program without a key ask which tokens are good (RFC 7662); its token is shown once',
  options: [
    {
      flags: '--upstream <name>',
      summary: 'tokens for it may be asked about; again for each',
      parse: (value, earlier) => [...((earlier as readonly string[] | undefined) ?? []), value],
    },
    { flags: '--all', summary: 'tokens for every upstream' },
  ],
  examples: ['tokens add-introspection-client billing --upstream payments'],
  async run(session, { upstream, all }, name = '') {
    if ((upstream === undefined) !== (all === true)) throw new CliError('name upstreams, or say --all');
    const body = { name, upstreams: all === true ? '*' : upstream };
    const path = '/v1/tokens/introspection-clients';
    const added = await session
      .api()
      .send<IntrospectionClientFacts & { readonly token: string }>('POST', path, body);
    session.print.item(added, [...introspectionClientFields, ['TOKEN', ({ token }) => token]]);
    return undefined;
  },
});
