import { defineCommand } from '../../command.ts';
import { type SecretFacts, secretFields } from './secret.ts';

export const listSecrets = defineCommand({
  usage: 'list',
  summary: 'names and versions; values are never shown',
  async run(session) {
    session.print.rows(await session.api().list<SecretFacts>('/v1/secrets'), secretFields, 'no secrets');
    return undefined;
  },
});
