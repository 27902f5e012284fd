/** What a platform says of a workload of its own, verified. */
export interface AttestedWorkload {
  /** Its name in the platform's own words: a SPIFFE ID, `system:serviceaccount:…`, `repo:…`. */
  readonly subject: string;
  /** What else the platform says of it; a binding may demand any of these exactly. */
  readonly facts: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The platform makes a fresh one for every use, so that a second use is a replay. */
  readonly isSingleUse: boolean;
}

/** What an assertion says of itself before anything about it is verified; hostile. */
export interface ClaimedWorkload {
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
}

/** One platform that is trusted to say which workload something is, so that agents on it need no stored key. */
export interface WorkloadAttestor {
  /** The name that the configuration gives this trust; bindings name it. */
  readonly name: string;
  readonly kind: 'spiffe' | 'kubernetes' | 'github-actions';
  /** Whether an assertion that says this of itself is this platform's to judge. */
  recognises(claimed: ClaimedWorkload): boolean;
  /**
   * Verifies signature, issuer, lifetime and that this server is its sole audience. Throws
   * `token.client_assertion_invalid`, or `token.workload_unavailable` when the platform's keys cannot be had and those
   * known are too old.
   */
  attest(assertion: string): Promise<AttestedWorkload>;
}
