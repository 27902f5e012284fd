import type { KeyObject } from 'node:crypto';
import type { BoundedCache } from './bounded-cache.ts';
import type { ClientCertificate } from './certificates/client-certificate.ts';
import type { FindClientCertificate } from './certificates/find-client-certificate.ts';
import type { ClientDocuments } from './clients/create-client-documents.ts';
import type { FailureLimit } from './failure-limit.ts';
import type { FindAddress } from './find-address.ts';
import type { TokenOffers } from './metadata.ts';
import type { Refusals } from './refusals.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { ConfirmedStatusView } from './status/create-status-view.ts';
import type { RevokedTokens } from './status/revoked-tokens.ts';
import type { StatusLists } from './status/status-lists.ts';
import type { TokenBinding } from './token-binding.ts';
import type { Actor } from './token-claims.ts';
import type { UsedAssertions } from './used-assertions.ts';
import type { ProofVerifier } from './verify-proof.ts';

/** Credentials exactly as they arrived; hostile until verified. */
export interface PresentedCredentials {
  readonly authorization: readonly string[];
  readonly dpop: readonly string[];
  /** Of the connection that the request came over. */
  readonly certificate?: ClientCertificate | undefined;
  /** Where it came from, as far as the door knows. */
  readonly address?: string | undefined;
  readonly method: string;
  /** Configured public URL and path, never built from the Host header. */
  readonly url: string;
  /** The resource the token must have been issued for. */
  readonly audience: string;
  /** What the caller takes the resource to be, when that is another of its names. */
  readonly resource?: string;
}

/** A token whose signature, binding, proof, nonce and replay were all checked. */
export interface PresentedToken {
  readonly agentId: string;
  /** Whose authority it is: the agent's own, or the subject's it acts for. */
  readonly subject: string;
  /** Through whom it came about; absent when the agent got it by itself. */
  readonly actor?: Actor;
  readonly clientId: string;
  /** What possession was proven of with this very request. */
  readonly binding: TokenBinding;
  /** `nameBinding` of it: what records and approvals name. */
  readonly key: string;
  /** Thumbprint of the agent's registered key that got the token, which ends with that key; null when no key did. */
  readonly registeredKey: string | null;
  /** The workload identity that got the token, which ends with it; null when none did. */
  readonly workload: string | null;
  /** Null for a control token. */
  readonly taskId: string | null;
  /** The digest of the only call it is good for; null for any call of the task. */
  readonly callDigest: string | null;
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
  readonly findCertificate: FindClientCertificate;
  readonly findAddress: FindAddress;
  readonly failures: FailureLimit;
  readonly offers: TokenOffers;
  readonly status: ConfirmedStatusView;
  readonly statusLists: StatusLists;
  /** What other gateways have issued has its places in their lists from then on. */
  learnListed(): Promise<void>;
  readonly revoked: RevokedTokens;
  readonly signingKeys: SigningKeys;
  readonly proofs: ProofVerifier;
  /** Used client assertions; the token endpoint's. */
  readonly assertions: UsedAssertions;
  /** What interactive clients publish about themselves. */
  readonly documents: ClientDocuments;
  /** Registered keys by thumbprint, imported once. */
  readonly clientKeys: BoundedCache<KeyObject>;
  readonly refusals: Refusals;
  /** Epoch milliseconds: client assertions made before it could have been used before it. */
  readonly startedAt: number;
  /** Forgets which tokens were verified; the next call with each verifies it again under the keys in use. */
  forgetVerified(): void;
}
