import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

/** What one source says of a person. */
export interface RiskFacts {
  readonly personId: string;
  readonly source: string;
  readonly level: string;
  readonly reason: string;
  readonly setAt: number;
  readonly expiresAt: number;
}

export const riskFields: readonly Column<RiskFacts>[] = [
  ['PERSON', ({ personId }) => personId],
  ['LEVEL', ({ level }) => level],
  ['SOURCE', ({ source }) => source],
  ['SINCE', ({ setAt }) => formatTime(setAt)],
  ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ['REASON', ({ reason }) => reason],
];

export interface PersonRiskFacts {
  readonly personId: string;
  readonly risk: string;
}

export const personRiskFields: readonly Column<PersonRiskFacts>[] = [
  ['PERSON', ({ personId }) => personId],
  ['RISK', ({ risk }) => risk],
];
