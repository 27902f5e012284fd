import { defineCommand } from '../../command.ts';
import { type Person, personFields } from './person.ts';

export const resumePerson = defineCommand({
  usage: 'resume <person>',
  summary: 'let a suspended person in again',
  async run(session, _options, person = '') {
    const path = `/v1/people/${encodeURIComponent(person)}/resume`;
    session.print.item(await session.api().send<Person>('POST', path), personFields);
    return undefined;
  },
});
