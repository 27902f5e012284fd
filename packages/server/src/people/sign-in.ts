import { AppError } from '@countersign/api';
import type { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import type { Challenges } from './challenges.ts';
import { readClaimedChallenge } from './client-data.ts';
import { loadWebauthn } from './load-webauthn.ts';
import { assertionInput } from './person-input.ts';
import { readRelyingParty } from './relying-party.ts';
import { openSession } from './session.ts';
import { passkeyCounts, verifyPasskey } from './verify-passkey.ts';

type People = Pick<Context, 'config' | 'platform' | 'store'>;
type AuthenticationOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

const holder = 'sign-in';

/** What the browser needs to sign in with any passkey it knows for this console: no name is asked, so none leaks. */
export async function beginSignIn(context: People, challenges: Challenges): Promise<AuthenticationOptions> {
  const webauthn = await loadWebauthn();
  return webauthn.generateAuthenticationOptions({
    rpID: readRelyingParty(context.config.server.publicUrl).id,
    challenge: Uint8Array.from(Buffer.from(challenges.issue(holder), 'base64url')),
    timeout: 300_000,
    userVerification: 'required',
  });
}

/** Opens a session for the passkey's person. Every refusal is the same `person.passkey_refused`. */
export async function finishSignIn(
  context: People,
  challenges: Challenges,
  input: z.input<typeof assertionInput>,
  agent: string,
): Promise<{ readonly personId: string; readonly secret: string }> {
  const assertion = assertionInput.parse(input);
  const challenge = readClaimedChallenge(assertion.response.clientDataJSON);
  if (challenge === undefined || !challenges.isIssued(challenge, holder)) throw refuse('challenge');
  const passkey = await context.store.sql
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', assertion.id)
    .executeTakeFirst();
  if (passkey === undefined) throw refuse('unknown passkey');
  const counter = await verifyPasskey(passkey, assertion, challenge, context.config.server.publicUrl);
  if (!(await challenges.spend(challenge))) throw refuse('replay');
  return context.store.transaction(async (tx) => {
    const person = await tx.sql
      .selectFrom('people')
      .select('state')
      .where('id', '=', passkey.person_id)
      .executeTakeFirst();
    if (person?.state !== 'active') throw refuse('person is not active');
    const now = context.platform.now();
    const used = await tx.sql
      .updateTable('passkeys')
      .set({ counter, last_used_at: now })
      .where('credential_id', '=', passkey.credential_id)
      .where('person_id', '=', passkey.person_id)
      // Removed meanwhile, or of two answers verified against the same counter not the first.
      .where('counter', '=', passkey.counter)
      .returning('counts_from')
      .executeTakeFirst();
    if (used === undefined) throw refuse('used or removed meanwhile');
    const session = await openSession(context, tx, passkey.person_id, {
      method: 'passkey',
      counts: passkeyCounts(used, now),
      agent,
    });
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.signed_in',
      at: now,
      causes: [],
      person: passkey.person_id,
      body: { session: session.id, credentialId: passkey.credential_id },
    });
    return { personId: passkey.person_id, secret: session.secret };
  });
}

function refuse(cause: string): AppError {
  return new AppError('person.passkey_refused', { cause });
}
