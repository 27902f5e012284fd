import { defineCommand } from '../../command.ts';
import { type EnforcementPointFacts, enforcementPointFields } from './enforcement-point-facts.ts';

export const listEnforcementPoints = defineCommand<object>({
  usage: 'enforcement-points',
  summary: 'programs that may ask for decisions and enforce them',
  async run(session) {
    session.print.rows(
      await session.api().list<EnforcementPointFacts>('/v1/tokens/enforcement-points', {}),
      enforcementPointFields,
      'there are none',
    );
    return undefined;
  },
});
