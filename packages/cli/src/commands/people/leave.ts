import { defineCommand } from '../../command.ts';
import { type Person, personFields } from './person.ts';

export const leavePerson = defineCommand<{ reason?: string }>({
  usage: 'leave <person>',
  summary: 'say that a person has left: they stay out, and their agents lose their owner',
  options: [{ flags: '--reason <text>', summary: 'why, for the ledger' }],
  examples: ['people leave per_01K8ZQ3V9M0000000000000000 --reason "left the company"'],
  async run(session, { reason }, person = '') {
    const path = `/v1/people/${encodeURIComponent(person)}/leave`;
    const said = reason === undefined ? {} : { reason };
    session.print.item(await session.api().send<Person>('POST', path, said), personFields);
    session.print.note('Their agents have no owner now: give each to somebody, or retire it.');
    return undefined;
  },
});
