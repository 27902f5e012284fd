import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

interface PlanArgument {
  readonly pointer: string;
  readonly role: string;
  readonly values: readonly string[];
  readonly origins: readonly string[];
}

export interface PlanEntry {
  readonly id: string;
  readonly tool: string;
  readonly arguments: readonly PlanArgument[];
  readonly source: string;
  readonly because: string;
  readonly usesLeft: number | null;
  readonly expiresAt: number | null;
}

export interface PlanFacts {
  readonly taskId: string;
  readonly isGiven: boolean;
  readonly confirmedBy: string | null;
  readonly reading: string | null;
  readonly expiresAt: number;
  readonly entries: readonly PlanEntry[];
}

export const planColumns: readonly Column<PlanEntry>[] = [
  ['ENTRY', ({ id }) => id],
  ['TOOL', ({ tool }) => tool],
  ['ARGUMENTS', ({ arguments: args }) => args.map(describeArgument).join('; ')],
  ['FROM', ({ source }) => source],
  ['LEFT', ({ usesLeft }) => usesLeft ?? 'any'],
  ['UNTIL', ({ expiresAt }) => (expiresAt === null ? 'the plan ends' : formatTime(expiresAt))],
  ['BECAUSE', ({ because }) => because],
];

function describeArgument({ pointer, role, values, origins }: PlanArgument): string {
  const named = values.map((value) => `"${value}"`);
  const isFree = origins.includes('untrusted') || origins.includes('model');
  const proven = isFree ? ['anything'] : origins.length === 0 ? [] : [`from ${origins.join(', ')}`];
  return `${role} ${pointer}: ${[...named, ...proven].join(' or ')}`;
}
