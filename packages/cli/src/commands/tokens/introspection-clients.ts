import { defineCommand } from '../../command.ts';
import { type IntrospectionClientFacts, introspectionClientFields } from './introspection-client-facts.ts';

export const listIntrospectionClients = defineCommand<object>({
  usage: 'introspection-clients',
  summary: 'programs without a key that may ask which tokens are good',
  async run(session) {
    session.print.rows(
      await session.api().list<IntrospectionClientFacts>('/v1/tokens/introspection-clients', {}),
      introspectionClientFields,
      'there are none',
    );
    return undefined;
  },
});
