import { defineCommand } from '../../command.ts';
import { type OrganisationFacts, organisationsPath, proposeTerms } from './organisation.ts';

export const restoreOrganisation = defineCommand({
  usage: 'restore <name>',
  summary: 'trust an organisation again that was cut off, under the terms it had',
  examples: ['organisations restore north'],
  async run(session, _options, name = '') {
    const path = `${organisationsPath}/${encodeURIComponent(name)}`;
    const { terms } = await session.api().get<OrganisationFacts>(path);
    await proposeTerms(session, terms);
    return undefined;
  },
});
