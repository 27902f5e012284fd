import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface SecretFacts {
  readonly name: string;
  readonly version: string;
  readonly changedAt: number | null;
}

export const secretFields: readonly Column<SecretFacts>[] = [
  ['NAME', ({ name }) => name],
  ['VERSION', ({ version }) => version],
  ['CHANGED', ({ changedAt }) => (changedAt === null ? null : formatTime(changedAt))],
];
