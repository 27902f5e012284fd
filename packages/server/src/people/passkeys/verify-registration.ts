import { AppError } from '@countersign/api';
import type { generateRegistrationOptions } from '@simplewebauthn/server';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Challenges } from '../challenges.ts';
import { isCrossOrigin, readClaimedChallenge } from '../client-data.ts';
import { loadWebauthn } from '../load-webauthn.ts';
import type { Person } from '../person.ts';
import type { attestationInput } from '../person-input.ts';
import { readRelyingParty } from '../relying-party.ts';

type RegistrationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;
export type Attestation = z.output<typeof attestationInput>;

/** What a browser registered, verified, and not yet anybody's. */
export interface NewPasskey {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
}

/** ES256, EdDSA, RS256: what common authenticators offer. */
const algorithms = [-7, -8, -257];

/** What the browser needs to make a passkey of this person, on a device that has none of theirs yet. Changes nothing. */
export async function askForRegistration(
  { config, store }: Pick<Context, 'config' | 'store'>,
  person: Person,
  challenge: string,
): Promise<RegistrationOptions> {
  const known = await store.sql
    .selectFrom('passkeys')
    .select('credential_id')
    .where('person_id', '=', person.id)
    .execute();
  const webauthn = await loadWebauthn();
  return webauthn.generateRegistrationOptions({
    rpName: 'Countersign',
    rpID: readRelyingParty(config.server.publicUrl).id,
    userName: person.email ?? person.displayName,
    userDisplayName: person.displayName,
    userID: Uint8Array.from(Buffer.from(person.id)),
    challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
    timeout: 300_000,
    attestationType: 'none',
    excludeCredentials: known.map((row) => ({ id: row.credential_id })),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    supportedAlgorithmIDs: algorithms,
  });
}

/** Verifies what the browser answered to a challenge of this holder, and spends it. Throws `person.passkey_refused`. */
export async function verifyRegistration(
  { config }: Pick<Context, 'config'>,
  challenges: Challenges,
  holder: string,
  response: Attestation,
): Promise<NewPasskey> {
  const { origin, id } = readRelyingParty(config.server.publicUrl);
  const { clientDataJSON, attestationObject, transports = [] } = response.response;
  const challenge = readClaimedChallenge(clientDataJSON);
  if (challenge === undefined || !challenges.isIssued(challenge, holder) || isCrossOrigin(clientDataJSON)) {
    throw new AppError('person.passkey_refused', { cause: 'challenge or frame' });
  }
  try {
    const { verifyRegistrationResponse } = await loadWebauthn();
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      expectedType: 'webauthn.create',
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (verified && (await challenges.spend(challenge)))
      return { ...registrationInfo.credential, transports };
  } catch (thrown) {
    throw new AppError('person.passkey_refused', { cause: thrown });
  }
  throw new AppError('person.passkey_refused');
}
