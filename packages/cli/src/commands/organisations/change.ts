import { defineCommand } from '../../command.ts';
import { type OrganisationFacts, organisationsPath, proposeTerms, readTerms } from './organisation.ts';

export const changeOrganisation = defineCommand<{ terms?: string }>({
  usage: 'change <name>',
  summary: 'new terms in the place of the old ones; what reaches beyond them ends',
  options: [{ flags: '--terms <file>', summary: 'all of its terms as JSON, not only what changes' }],
  examples: ['organisations change north --terms north.json'],
  async run(session, { terms }, name = '') {
    const given = readTerms(terms, name);
    // A typing error would make another organisation.
    await session.api().get<OrganisationFacts>(`${organisationsPath}/${encodeURIComponent(name)}`);
    await proposeTerms(session, given);
    return undefined;
  },
});
