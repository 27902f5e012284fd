import type { Approval } from './approval.ts';

export interface RiskGroup {
  readonly effect: string;
  readonly title: string;
  readonly approvals: readonly Approval[];
}

/** The gravest first. What a request is grouped by is the gravest thing it does. */
const gravest: readonly (readonly [string, string])[] = [
  ['spend', 'Spends money'],
  ['admin', 'Administers'],
  ['egress', 'Sends data out'],
  ['write', 'Changes things'],
  ['read', 'Reads'],
  ['', 'Effect not known'],
];

/** Groups in the order of risk; in a group, what runs out first comes first. */
export function groupByRisk(approvals: readonly Approval[]): readonly RiskGroup[] {
  return gravest.flatMap(([effect, title]) => {
    const members = approvals.filter((approval) => findGravest(approval) === effect);
    return members.length === 0
      ? []
      : [{ effect, title, approvals: members.toSorted((a, b) => a.expiresAt - b.expiresAt) }];
  });
}

function findGravest({ presented }: Approval): string {
  return gravest.find(([effect]) => presented.effects.includes(effect))?.[0] ?? '';
}
