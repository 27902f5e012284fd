import { defineCommand } from '../../command.ts';
import { type OrganisationFacts, organisationFields, organisationsPath } from './organisation.ts';

export const listOrganisations = defineCommand({
  usage: 'list',
  summary: 'organisations by name',
  async run(session) {
    const { items } = await session.api().get<{ items: readonly OrganisationFacts[] }>(organisationsPath);
    session.print.rows(items, organisationFields, 'no organisations');
    return undefined;
  },
});
