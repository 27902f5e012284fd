/** Credentials exactly as they arrived; hostile until verified. */
export interface PresentedCredentials {
  readonly authorization: readonly string[];
  readonly dpop: readonly string[];
  readonly method: string;
  /** Configured public URL and path, never built from the Host header. */
  readonly url: string;
  /** The resource the token must have been issued for. */
  readonly audience: string;
}

/** A token whose signature, binding, proof, nonce and replay were all checked. */
export interface PresentedToken {
  readonly agentId: string;
  /** RFC 7638 thumbprint of the proof key, equal to the token's `cnf.jkt`. */
  readonly key: string;
  /** Null for a control token. */
  readonly taskId: string | null;
  readonly ownerId: string;
  /** Delegation ids from root to agent. */
  readonly chain: readonly string[];
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly jti: string;
}

export interface TokenState {
  readonly issuer: string;
  /** Throws `token.*` errors that carry the response headers. */
  verifyPresented(presented: PresentedCredentials): Promise<PresentedToken>;
  /** A fresh nonce for the `DPoP-Nonce` response header. */
  nextNonce(): string;
}
