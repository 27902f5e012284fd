import type { SecretEntry, SecretValue } from '../plugins/secret-store/secret-store.ts';

export type AgeState = 'fresh' | 'due' | 'too_old' | 'unlimited';

export interface SecretAge {
  /** Epoch milliseconds since when it has had its present value; null when nobody knows. */
  readonly since: number | null;
  /** The strictest limit on it; null for none. */
  readonly maxAgeDays: number | null;
  readonly state: AgeState;
}

/** How old secrets are and may be. */
export interface SecretAges {
  /** What may hold of it now, under a further limit in days if there is one. */
  describe(entry: Pick<SecretEntry, 'name' | 'changedAt' | 'kind'>, furtherDays?: number): SecretAge;
  /** Notes a value that was read. Throws `secret.too_old` when the configuration refuses what is past its limit. */
  check(reference: string, value: SecretValue, furtherDays?: number): void;
  /** Learns what other gateways have seen. */
  refresh(): Promise<void>;
  /** Waits for what is being written down. */
  settle(): Promise<void>;
}
