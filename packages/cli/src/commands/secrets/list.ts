import { defineCommand } from '../../command.ts';
import { ageFields, type SecretFacts } from './secret.ts';

export const listSecrets = defineCommand({
  usage: 'list',
  summary: 'names, versions and ages; values are never shown',
  async run(session) {
    const secrets = await session.api().list<SecretFacts>('/v1/secrets');
    session.print.rows(secrets, ageFields(session.now()), 'no secrets');
    return undefined;
  },
});
