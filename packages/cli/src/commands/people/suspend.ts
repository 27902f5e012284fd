import { defineCommand } from '../../command.ts';
import { type Person, personFields } from './person.ts';

export const suspendPerson = defineCommand({
  usage: 'suspend <person>',
  summary: 'keep a person out and stop every agent of theirs',
  async run(session, _options, person = '') {
    const path = `/v1/people/${encodeURIComponent(person)}/suspend`;
    session.print.item(await session.api().send<Person>('POST', path), personFields);
    return undefined;
  },
});
