import { defineCommand } from '../../command.ts';
import { type Person, personFields } from './person.ts';

export const setRoles = defineCommand({
  usage: 'roles <person> <roles...>',
  summary: 'set all roles and groups of a person; those not named are taken away',
  examples: ['people roles per_… owner approver'],
  async run(session, _options, person = '', ...roles) {
    const path = `/v1/people/${encodeURIComponent(person)}/roles`;
    session.print.item(await session.api().send<Person>('PUT', path, { roles }), personFields);
    return undefined;
  },
});
