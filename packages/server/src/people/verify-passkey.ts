import { AppError } from '@countersign/api';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { Schema } from '../plugins/database/schema.ts';
import { isCrossOrigin } from './client-data.ts';
import { loadWebauthn } from './load-webauthn.ts';
import type { assertionInput } from './person-input.ts';
import { readRelyingParty } from './relying-party.ts';

export type Assertion = z.infer<typeof assertionInput>;
export type PasskeyRow = Selectable<Schema['passkeys']>;

/**
 * Verifies an assertion by this passkey over exactly this challenge (base64url), made at this console's origin by a
 * person whom the authenticator verified. Returns the signature counter to keep. Throws `person.passkey_refused`.
 * WebAuthn Level 3 §7.2.
 */
export async function verifyPasskey(
  passkey: PasskeyRow,
  assertion: Assertion,
  challenge: string,
  publicUrl: string,
): Promise<number> {
  const { origin, id } = readRelyingParty(publicUrl);
  if (isCrossOrigin(assertion.response.clientDataJSON)) throw refuse('cross-origin');
  const { userHandle, ...response } = assertion.response;
  // A discoverable credential names its person: it must be the one that the passkey belongs to.
  if (userHandle !== undefined && userHandle !== toUserHandle(passkey.person_id)) throw refuse('user handle');
  try {
    const { verifyAuthenticationResponse } = await loadWebauthn();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: assertion.id,
        rawId: assertion.rawId,
        type: assertion.type,
        response,
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      expectedType: 'webauthn.get',
      requireUserVerification: true,
      credential: {
        id: passkey.credential_id,
        publicKey: Uint8Array.from(passkey.public_key),
        counter: passkey.counter,
      },
    });
    if (!verified || authenticationInfo.credentialID !== passkey.credential_id) throw refuse('signature');
    return authenticationInfo.newCounter;
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : new AppError('person.passkey_refused', { cause: thrown });
  }
}

/** Whether what the passkey signs may change authority: not before somebody confirmed it, nor while a recovery cools down. */
export function passkeyCounts({ counts_from }: Pick<PasskeyRow, 'counts_from'>, at: number): boolean {
  return counts_from !== null && counts_from <= at;
}

export function toUserHandle(personId: string): string {
  return Buffer.from(personId, 'utf8').toString('base64url');
}

function refuse(cause: string): AppError {
  return new AppError('person.passkey_refused', { cause });
}
