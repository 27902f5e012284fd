import type { KeyObject } from 'node:crypto';
import type { BoundedCache } from './bounded-cache.ts';
import type { Refusals } from './refusals.ts';
import type { ReplaySet } from './replay-set.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { ProofVerifier } from './verify-proof.ts';

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
  /** Thumbprint of the agent's registered key that asked for the token; equal to `key` unless the proof key is separate. */
  readonly registeredKey: string;
  /** Null for a control token. */
  readonly taskId: string | null;
  readonly ownerId: string;
  /** Delegation ids from root to agent. */
  readonly chain: readonly string[];
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly jti: string;
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string;
}

export interface TokenState {
  readonly issuer: string;
  /** Throws `token.*` errors that carry the response headers. */
  verifyPresented(presented: PresentedCredentials): Promise<PresentedToken>;
  /** A fresh nonce for the `DPoP-Nonce` response header. */
  nextNonce(): string;
  readonly signingKeys: SigningKeys;
  readonly proofs: ProofVerifier;
  /** Used client assertions; the token endpoint's. */
  readonly assertions: ReplaySet;
  /** Registered keys by thumbprint, imported once. */
  readonly clientKeys: BoundedCache<KeyObject>;
  readonly refusals: Refusals;
  /** Epoch milliseconds: client assertions made before it could have been used before it. */
  readonly startedAt: number;
  /** Forgets which tokens were verified; the next call with each verifies it again under the keys in use. */
  forgetVerified(): void;
}
