import { defineCommand } from '../../command.ts';
import { proposeTerms, readTerms } from './organisation.ts';

export const addOrganisation = defineCommand<{ terms?: string }>({
  usage: 'add <name>',
  summary: 'let another organisation vouch for agents, at most within its ceiling',
  options: [{ flags: '--terms <file>', summary: 'issuers, ceiling and agents as JSON' }],
  examples: ['organisations add north --terms north.json'],
  async run(session, { terms }, name = '') {
    await proposeTerms(session, readTerms(terms, name));
    return undefined;
  },
});
