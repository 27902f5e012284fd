import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export type SecretState = 'fresh' | 'due' | 'too_old' | 'unlimited';

export interface SecretFacts {
  readonly name: string;
  readonly version: string;
  readonly changedAt: number | null;
  readonly previousUntil: number | null;
  readonly kind: 'static' | 'leased';
  readonly since: number | null;
  readonly maxAgeDays: number | null;
  readonly state: SecretState;
  /** Upstreams by name, and `configuration`. */
  readonly usedBy: readonly string[];
}

export const secretFields: readonly Column<SecretFacts>[] = [
  ['NAME', ({ name }) => name],
  ['VERSION', ({ version }) => version],
  ['CHANGED', ({ changedAt }) => (changedAt === null ? null : formatTime(changedAt))],
];

/** With ages as of `now`. */
export function ageFields(now: number): readonly Column<SecretFacts>[] {
  return [
    ...secretFields,
    ['AGE', (secret) => (secret.kind === 'leased' ? 'leased' : describeAge(secret, now))],
    ['OVERLAP UNTIL', ({ previousUntil }) => (previousUntil === null ? null : formatTime(previousUntil))],
  ];
}

export function describeAge(
  secret: { readonly since: number | null; readonly maxAgeDays: number | null; readonly state: string },
  now: number,
): string {
  const age = secret.since === null ? 'unknown' : `${Math.floor((now - secret.since) / 86_400_000)} d`;
  const limit = secret.maxAgeDays === null ? '' : ` of ${secret.maxAgeDays} d`;
  const says = { due: ', due', too_old: ', too old', missing: ', missing' }[secret.state] ?? '';
  return `${age}${limit}${says}`;
}
