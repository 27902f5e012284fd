import type { AmendmentInput } from './approval-state.ts';
import type { Presented } from './presented.ts';

type Shown = Pick<AmendmentInput, 'about' | 'policyIds'>;

/** What the page shows when calls join a question: that of all of them, not of those that came last. */
export function joinShown(
  before: Pick<Presented, 'effects' | 'environment' | 'dataDomain' | 'policyIds'>,
  { about, policyIds }: Shown,
): Shown {
  return {
    about: {
      effects: [...new Set([...before.effects, ...about.effects])],
      environment: joinNames(before.environment, about.environment),
      dataDomain: joinNames(before.dataDomain, about.dataDomain),
    },
    policyIds: [...new Set([...before.policyIds, ...policyIds])],
  };
}

function joinNames(before: string, name: string): string {
  return [...new Set([...before.split(', '), name])].filter((one) => one !== '').join(', ');
}
