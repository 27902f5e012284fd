import { defineCommand } from '../../command.ts';
import { type Person, personFields } from './person.ts';

export const showPerson = defineCommand({
  usage: 'show <person>',
  summary: 'one person',
  async run(session, _options, person = '') {
    session.print.item(
      await session.api().get<Person>(`/v1/people/${encodeURIComponent(person)}`),
      personFields,
    );
    return undefined;
  },
});
