import { defineCommand } from '../../command.ts';
import { type OrganisationFacts, organisationFields, organisationsPath } from './organisation.ts';

export const showOrganisation = defineCommand({
  usage: 'show <name>',
  summary: 'who speaks for an organisation, and the most it may be granted',
  async run(session, _options, name = '') {
    const path = `${organisationsPath}/${encodeURIComponent(name)}`;
    const organisation = await session.api().get<OrganisationFacts>(path);
    session.print.item(organisation, [
      ...organisationFields,
      ['CEILING', ({ ceiling }) => ceiling.join(' ')],
      ['ITS AGENTS', ({ agents }) => agents.join(', ')],
    ]);
    return undefined;
  },
});
