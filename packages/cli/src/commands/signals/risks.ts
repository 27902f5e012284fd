import { defineCommand } from '../../command.ts';
import { type RiskFacts, riskFields } from './risk-facts.ts';

export const listRisks = defineCommand<object>({
  usage: 'risks',
  summary: 'people whose risk is not low, and who says so',
  async run(session) {
    const risks = await session.api().list<RiskFacts>('/v1/signals/risks', {});
    session.print.rows(risks, riskFields, "nobody's risk is raised");
    return undefined;
  },
});
