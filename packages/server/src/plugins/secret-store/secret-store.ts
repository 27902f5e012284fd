export interface SecretValue {
  readonly value: string;
  /** Changes whenever the value does; the same for all fields of one secret. */
  readonly version: string;
  /** Epoch milliseconds of its last change; null when the store does not know. */
  readonly changedAt: number | null;
  /** What it was before a rotation, only while the overlap lasts. */
  readonly previous?: { readonly value: string; readonly version: string };
}

export interface SecretEntry {
  readonly name: string;
  readonly version: string;
  /** Epoch milliseconds; null when the store does not know. */
  readonly changedAt: number | null;
  /** Epoch milliseconds at which the value before this one ends; null outside a rotation's overlap. */
  readonly previousUntil: number | null;
  /** A leased value is made by the store for a short time and ends by itself; a static one grows old. */
  readonly kind: 'static' | 'leased';
}

/**
 * Holds upstream credentials by name. Values leave only towards an upstream. Every method throws `secret.unavailable`
 * when the store cannot be reached or trusted: nothing is served from memory beyond its freshness.
 */
export interface SecretStore {
  /**
   * The value of `name`, or of `name#field` where a secret has fields. Throws `secret.not_found`, `secret.invalid`, and
   * `secret.too_old` where ages are limited; `maxAgeDays` is a further limit of whoever asks.
   */
  get(reference: string, limits?: { readonly maxAgeDays?: number }): Promise<SecretValue>;
  list(): Promise<readonly SecretEntry[]>;
  /** Throws `secret.invalid`; stores that only read throw `secret.unavailable`. The value before ends at once. */
  set(name: string, value: string): Promise<SecretEntry>;
  /** As `set`, but `get` also gives the value before until `previousUntil` (epoch milliseconds). Throws `secret.not_found`. */
  rotate(name: string, value: string, previousUntil: number): Promise<SecretEntry>;
  /** Forgets every value whose overlap is over, and says of which secrets. */
  forgetPrevious(): Promise<readonly SecretEntry[]>;
  remove(name: string): Promise<void>;
  /** Takes the store as it is now after it was put back from a backup, which `secret.store_rolled_back` refuses. */
  trustRestored(): Promise<void>;
  /** Takes what another gateway of the deployment has changed; absent where nothing is held beyond its freshness. */
  refresh?(): Promise<void>;
  /** Gives back what was leased and finishes what was begun. */
  close(): Promise<void>;
}
