import { type CeremonyForgery, createPasskey, type Passkey } from '@countersign/testkit';
import type { TestHouse, TestPerson } from '../people/open-test-house.ts';

/** Somebody with a passkey, for tests. */
export interface TestApprover extends TestPerson {
  readonly passkey: Passkey;
}

/** What the tests read of an answer. */
interface TestAnswer {
  readonly id: string;
  readonly code?: string;
  readonly state?: string;
  readonly challenge: string;
}

/** Adds a person whose passkey signs at this house. */
export async function addApprover(
  house: TestHouse,
  roles: readonly string[] = ['approver'],
): Promise<TestApprover> {
  const person = await house.addPerson(roles);
  const userHandle = Buffer.from(person.id).toString('base64url');
  const passkey = createPasskey({ rpId: 'localhost', origin: house.origin, userHandle });
  const { attestationObject } = passkey.register('').response;
  // The COSE key is the last 77 bytes of an ES256 registration without attestation.
  const publicKey = new Uint8Array(Buffer.from(attestationObject, 'base64url').subarray(-77));
  await house.context.store.sql
    .insertInto('passkeys')
    .values({
      ...{ credential_id: passkey.credentialId, person_id: person.id, public_key: publicKey, counter: 0 },
      ...{ transports: '["internal"]', label: 'Key', created_at: 1, last_used_at: null },
    })
    .execute();
  return { ...person, passkey };
}

/** Asks for the challenge of `path`, signs it and sends the answer to `step`. */
export async function signStep(
  house: TestHouse,
  person: TestApprover,
  path: string,
  step: string,
  forge?: CeremonyForgery,
) {
  const challenge = await postAs(house, person, `${path}/challenge`, {});
  if (challenge.status !== 200) return challenge;
  return postAs(house, person, `${path}/${step}`, {
    assertion: person.passkey.assert(challenge.body.challenge, forge),
  });
}

export async function postAs(house: TestHouse, person: TestPerson, path: string, input: unknown) {
  const response = await house.fetch(path, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { cookie: person.cookie },
  });
  const body = (await response.json()) as TestAnswer;
  return { status: response.status, code: body.code, body };
}
