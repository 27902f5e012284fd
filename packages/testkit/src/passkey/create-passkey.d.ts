import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
export interface PasskeyOptions {
  readonly rpId: string;
  readonly origin: string;
  /** The user handle that the relying party chose, base64url; returned with every assertion. */
  readonly userHandle?: string;
}
/** What a dishonest browser or authenticator changes about a ceremony. */
export interface CeremonyForgery {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  /** The person touched it but was not verified: no fingerprint, no PIN. */
  readonly withoutVerification?: boolean;
  readonly counter?: number;
  /** Sign with a key that was never registered. */
  readonly withAnotherKey?: boolean;
}
/** A software authenticator with one discoverable ES256 credential; its signatures are real. */
export interface Passkey {
  readonly credentialId: string;
  register(challenge: string, forge?: CeremonyForgery): RegistrationResponseJSON;
  assert(challenge: string, forge?: CeremonyForgery): AuthenticationResponseJSON;
}
/** Challenges are base64url, as in the options a relying party sends. */
export declare function createPasskey({ rpId, origin, userHandle }: PasskeyOptions): Passkey;
