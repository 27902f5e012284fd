import type { webcrypto } from 'node:crypto';
import type { UpstreamKind } from '../../plugins/database/tables/upstream-tables.ts';
import type { UpstreamSettings } from '../live-upstream.ts';
import type { Injection } from '../resolve-injection.ts';
import type { CredentialKind } from './credential-settings.ts';

/** For whom a credential is; the server itself looks at tools only. */
export interface Claimant {
  readonly task: string;
  readonly agent: string;
  /** The record of the decision that let out the call that needs it. */
  readonly cause?: string;
  /** At the root of the task's chain. */
  readonly person: string;
  /** Delegation ids from the person's to the agent's. */
  readonly chain: readonly string[];
  /** The task's end, epoch milliseconds. */
  readonly expiresAt: number;
}

/** An upstream that asks for a credential, as its settings stand now. */
export interface Holder {
  readonly name: string;
  readonly kind: UpstreamKind;
  readonly settings: UpstreamSettings;
}

/** A key pair that an access token is bound to (RFC 9449). */
export type BindingKey = webcrypto.CryptoKeyPair;

/** What an issuer gave for one task, before it is put on requests. */
export interface Issued {
  readonly kind: CredentialKind;
  /** Sent as `Authorization`, or put in the program's variable. */
  readonly token?: string;
  readonly bindingKey?: BindingKey;
  /** For programs that need more than one value. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whatever must be found again in what comes back. */
  readonly values: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly connection?: string;
  /** Throws when what it rests on has ended since it was asked for. */
  ensure?(): Promise<void>;
  /** For the record: issuer, scopes, role; never a value. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Ends it at the issuer, where that is possible. Never called for a credential that others share. */
  revoke?(): Promise<void>;
}

/** Which credential a call used, for its records. */
export interface CredentialUse {
  readonly kind: CredentialKind | 'secret' | 'none';
  /** The `upstream.credential_minted` record. */
  readonly minted?: string;
  readonly connection?: string;
}

/** What a 401 of the upstream said about itself. */
export class UpstreamChallenge extends Error {
  override readonly name = 'UpstreamChallenge';
  /** Of the `DPoP-Nonce` header (RFC 9449, section 9). */
  readonly nonce: string | undefined;
  constructor(nonce: string | undefined) {
    super('the upstream refused the credential');
    this.nonce = nonce;
  }
}

/** Settings, secrets and minted credential as one request carries them. */
export interface ArmedInjection extends Injection {
  readonly credential: CredentialUse;
  /** Others to send the very same request with, once, after the upstream refused it with 401; null when there are none. */
  renew(challenge: UpstreamChallenge | undefined): Promise<ArmedInjection | null>;
}
