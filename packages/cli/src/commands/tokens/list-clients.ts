import { defineCommand } from '../../command.ts';
import { type ClientFacts, clientFields } from './client-facts.ts';

export const listClients = defineCommand({
  usage: 'list-clients',
  summary: 'registered applications; those known by their metadata document are not kept',
  async run(session) {
    const clients = await session.api().list<ClientFacts>('/v1/tokens/clients', { limit: 200 });
    session.print.rows(clients, clientFields, 'no registered clients');
    return undefined;
  },
});
