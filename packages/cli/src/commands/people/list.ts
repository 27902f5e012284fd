import { defineCommand } from '../../command.ts';
import { type Person, personFields } from './person.ts';

export const listPeople = defineCommand({
  usage: 'list',
  summary: 'everybody, and the roles they hold',
  async run(session) {
    session.print.rows(await session.api().list<Person>('/v1/people'), personFields);
    return undefined;
  },
});
