import type { Context } from '../context.ts';

interface Person {
  readonly id: string;
  /** Cookie header of a live session. */
  readonly cookie: string;
}

interface House<P extends Person> {
  readonly context: Context;
  readonly origin: string;
  addPerson(roles: readonly string[]): Promise<P>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

interface Passkey {
  readonly credentialId: string;
  register(challenge: string): { readonly response: { readonly attestationObject: string } };
  assert(challenge: string): unknown;
}

type MakePasskey<K extends Passkey> = (options: {
  readonly rpId: string;
  readonly origin: string;
  readonly userHandle: string;
}) => K;

/** Adds a person whose passkey signs at this house, for tests. */
export async function addTestApprover<P extends Person, K extends Passkey>(
  house: House<P>,
  makePasskey: MakePasskey<K>,
  roles: readonly string[] = ['approver'],
): Promise<P & { readonly passkey: K }> {
  const person = await house.addPerson(roles);
  const userHandle = Buffer.from(person.id).toString('base64url');
  const passkey = makePasskey({ rpId: 'localhost', origin: house.origin, userHandle });
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

/** What the tests read of an answer. */
interface Answer {
  readonly id: string;
  readonly code?: string;
  readonly state?: string;
  readonly challenge: string;
  readonly decided?: readonly { readonly id: string; readonly state: string }[];
  readonly leftOut?: readonly { readonly id: string; readonly code: string }[];
}

/** Asks for the challenge of `path`, signs it and sends the answer to `step`, both with the same body. */
export async function signStep(
  house: Pick<House<Person>, 'fetch'>,
  person: Person & { readonly passkey: Passkey },
  path: string,
  step: string,
  body: object = {},
) {
  const challenge = await postAs(house, person, `${path}/challenge`, body);
  if (challenge.status !== 200) return challenge;
  const assertion = person.passkey.assert(challenge.body.challenge);
  return postAs(house, person, `${path}/${step}`, { ...body, assertion });
}

export async function postAs(
  house: Pick<House<Person>, 'fetch'>,
  person: Person,
  path: string,
  input: unknown = {},
) {
  const response = await house.fetch(path, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { cookie: person.cookie },
  });
  const body = (await response.json()) as Answer;
  return { status: response.status, code: body.code, body };
}
