export interface SecretValue {
  readonly value: string;
  /** Changes whenever the value does. */
  readonly version: string;
}

export interface SecretEntry {
  readonly name: string;
  readonly version: string;
  readonly changedAt: number | null;
}

/** Holds upstream credentials by name. Values leave only towards an upstream. */
export interface SecretStore {
  /** Throws `secret.not_found` or `secret.unavailable`. */
  get(name: string): Promise<SecretValue>;
  list(): Promise<readonly SecretEntry[]>;
  /** Throws `secret.invalid`; stores that only read throw `secret.unavailable`. */
  set(name: string, value: string): Promise<SecretEntry>;
  remove(name: string): Promise<void>;
}
