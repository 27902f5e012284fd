import { defineCommand } from '../../command.ts';
import { type PersonRiskFacts, personRiskFields } from './risk-facts.ts';

export const clearRisk = defineCommand<{ reason?: string }>({
  usage: 'clear-risk <person>',
  summary: 'take back all that is said of the risk of a person, whoever says it',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, personId = '') {
    const body = { personId, ...(reason === undefined ? {} : { reason }) };
    const risk = await session.api().send<PersonRiskFacts>('POST', '/v1/signals/risks/clear', body);
    session.print.item(risk, personRiskFields);
    return undefined;
  },
});
