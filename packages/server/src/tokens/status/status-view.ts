/** What is asked of a token that is otherwise good. Times are epoch milliseconds. */
export interface StatusSubject {
  readonly jti: string;
  readonly issuedAt: number;
}

/** Whether tokens are still honoured, as far as this process knows, and how lately it knew. */
export interface StatusView {
  /** True when it is not revoked and that is certain. The hot path: nothing is read. */
  isHonoured(token: StatusSubject): boolean;
  /**
   * Asks the store where the last answer is too old. Throws `token.revoked`; `token.status_unknown` when the store
   * cannot be asked and the token is older than `tokens.statusFreshnessSeconds`.
   */
  requireHonoured(token: StatusSubject): Promise<void>;
}
