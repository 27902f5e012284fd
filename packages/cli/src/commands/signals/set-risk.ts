import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type PersonRiskFacts, personRiskFields } from './risk-facts.ts';

export const setRisk = defineCommand<{ reason: string; hours?: number }>({
  usage: 'set-risk <person> <level>',
  summary: "raise a person's risk to medium or high, at once; policies ask more of their agents meanwhile",
  options: [
    { flags: '--reason <text>', summary: 'kept as evidence, and told to receivers', required: true },
    {
      flags: '--hours <number>',
      summary: 'how long it lasts; as configured when absent',
      parse: (value) => {
        if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
        throw new CliError('--hours takes a whole number of hours');
      },
    },
  ],
  examples: ["signals set-risk per_01J… high --reason 'lost laptop'"],
  async run(session, { reason, hours }, personId = '', level = '') {
    if (level !== 'medium' && level !== 'high')
      throw new CliError('a risk is raised to medium or high; clear-risk takes it back');
    const body = { personId, level, reason, ...(hours === undefined ? {} : { hours }) };
    const risk = await session.api().send<PersonRiskFacts>('POST', '/v1/signals/risks', body);
    session.print.item(risk, personRiskFields);
    session.print.next(`signals clear-risk ${personId}`);
    return undefined;
  },
});
