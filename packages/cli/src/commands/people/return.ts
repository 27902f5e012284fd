import { defineCommand } from '../../command.ts';
import { type Person, personFields } from './person.ts';

export const returnPerson = defineCommand({
  usage: 'return <person>',
  summary: 'let a person who had left come back, without their agents',
  async run(session, _options, person = '') {
    const path = `/v1/people/${encodeURIComponent(person)}/return`;
    session.print.item(await session.api().send<Person>('POST', path), personFields);
    return undefined;
  },
});
