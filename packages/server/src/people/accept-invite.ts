import { AppError } from '@countersign/api';
import type { generateRegistrationOptions } from '@simplewebauthn/server';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import { type Transaction, UniqueViolation } from '../plugins/database/database.ts';
import type { Challenges } from './challenges.ts';
import { isCrossOrigin, readClaimedChallenge } from './client-data.ts';
import { getPerson } from './get-person.ts';
import { loadWebauthn } from './load-webauthn.ts';
import { joinInput, linkToken } from './person-input.ts';
import { readRelyingParty } from './relying-party.ts';
import { openSession } from './session.ts';

type People = Pick<Context, 'config' | 'platform' | 'store'>;
type RegistrationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;

/** ES256, EdDSA, RS256: what common authenticators offer. */
const algorithms = [-7, -8, -257];

/** What the browser needs to make a passkey for the person whom the link names. Changes nothing. */
export async function beginJoin(
  context: People,
  challenges: Challenges,
  token: unknown,
): Promise<RegistrationOptions> {
  const digest = sha256(linkToken.parse(token));
  const person = await getPerson(context.store, await requireInvite(context, context.store, digest));
  const challenge = challenges.issue(`join:${digest}`);
  const webauthn = await loadWebauthn();
  const options = await webauthn.generateRegistrationOptions({
    rpName: 'Countersign',
    rpID: readRelyingParty(context.config.server.publicUrl).id,
    userName: person.email ?? person.displayName,
    userDisplayName: person.displayName,
    userID: Uint8Array.from(Buffer.from(person.id)),
    challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
    timeout: 300_000,
    attestationType: 'none',
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    supportedAlgorithmIDs: algorithms,
  });
  return options;
}

/** Registers the passkey, makes the person active and opens a session. The link is used up by whoever is first. */
export async function finishJoin(
  context: People,
  challenges: Challenges,
  input: z.input<typeof joinInput>,
  agent: string,
): Promise<{ readonly personId: string; readonly secret: string }> {
  const { token, displayName, label, response } = joinInput.parse(input);
  const digest = sha256(token);
  const passkey = await verifyRegistration(context, challenges, digest, response);
  try {
    return await context.store.transaction(async (tx) => {
      const personId = await spendInvite(context, tx, digest);
      await tx.sql
        .insertInto('passkeys')
        .values({
          credential_id: passkey.id,
          person_id: personId,
          public_key: passkey.publicKey,
          counter: passkey.counter,
          transports: JSON.stringify(response.response.transports ?? []),
          label,
          created_at: context.platform.now(),
          last_used_at: null,
        })
        .execute();
      await tx.sql
        .updateTable('people')
        .set({ state: 'active', ...(displayName === undefined ? {} : { display_name: displayName }) })
        .where('id', '=', personId)
        .execute();
      const session = await openSession(context, tx, personId, { method: 'passkey', counts: true, agent });
      recordJoin(context, tx, personId, passkey.id);
      return { personId, secret: session.secret };
    });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('person.exists') : thrown;
  }
}

async function verifyRegistration(
  context: People,
  challenges: Challenges,
  digest: string,
  response: z.output<typeof joinInput>['response'],
) {
  const { origin, id } = readRelyingParty(context.config.server.publicUrl);
  const { clientDataJSON, attestationObject } = response.response;
  const challenge = readClaimedChallenge(clientDataJSON);
  if (
    challenge === undefined ||
    !challenges.isIssued(challenge, `join:${digest}`) ||
    isCrossOrigin(clientDataJSON)
  ) {
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
    if (verified && challenges.spend(challenge)) return registrationInfo.credential;
  } catch (thrown) {
    throw new AppError('person.passkey_refused', { cause: thrown });
  }
  throw new AppError('person.passkey_refused');
}

async function requireInvite(
  context: People,
  from: Pick<Transaction, 'sql'>,
  digest: string,
): Promise<string> {
  const invite = await from.sql
    .selectFrom('person_invites')
    .innerJoin('people', 'people.id', 'person_invites.person_id')
    .select('person_id')
    .where('token_digest', '=', digest)
    .where('used_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .where('people.state', '=', 'invited')
    .executeTakeFirst();
  if (invite === undefined) throw new AppError('person.invite_invalid');
  return invite.person_id;
}

async function spendInvite(context: People, tx: Transaction, digest: string): Promise<string> {
  const personId = await requireInvite(context, tx, digest);
  const spent = await tx.sql
    .updateTable('person_invites')
    .set({ used_at: context.platform.now() })
    .where('token_digest', '=', digest)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  if (spent.numUpdatedRows !== 1n) throw new AppError('person.invite_invalid');
  return personId;
}

function recordJoin(context: People, tx: Transaction, personId: string, credentialId: string): void {
  const at = context.platform.now();
  const added = context.platform.newId('rec');
  tx.record({
    id: added,
    kind: 'person.passkey_added',
    at,
    causes: [],
    person: personId,
    body: { credentialId },
  });
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'person.state_changed',
    at,
    causes: [added],
    person: personId,
    body: { by: personId, from: 'invited', to: 'active' },
  });
}
