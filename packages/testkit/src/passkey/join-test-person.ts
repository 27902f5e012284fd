import { createPasskey, type Passkey } from './create-passkey.ts';

/** A control plane as a browser on its own origin reaches it. */
export interface House {
  readonly origin: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** One where people can be put without asking anybody. */
export interface OpenHouse extends House {
  addPerson(roles: readonly string[]): Promise<{ readonly cookie: string }>;
}

/** Asks the control plane about people as a browser with this cookie does; POST when there is a body. */
export async function askPeople(
  house: House,
  cookie: string,
  path: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST',
) {
  const response = await house.fetch(`/v1/people${path}`, {
    method,
    headers: { cookie },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '',
    body: text === '' ? {} : JSON.parse(text),
  };
}

/** `cookie` is the one that it sets, as a browser sends it back; empty when it sets none. */
export type TestAnswer = Awaited<ReturnType<typeof askPeople>>;

export interface JoinedPerson {
  readonly id: string;
  readonly cookie: string;
  readonly passkey: Passkey;
}

/** Somebody who came in by an invitation, with a passkey that really signs. */
export async function joinTestPerson(house: OpenHouse, roles: readonly string[]): Promise<JoinedPerson> {
  const { cookie } = await house.addPerson(['admin']);
  const { body } = await askPeople(house, cookie, '', { displayName: 'Ada', roles });
  return registerByLink(house, '/join', body.link.split('#')[1]);
}

/** Follows a one-time link to a passkey. */
export async function registerByLink(
  house: House,
  path: '/join' | '/recover',
  token: string,
): Promise<JoinedPerson> {
  const begun = await askPeople(house, '', `${path}/begin`, { token });
  if (begun.status !== 200) throw new Error(begun.body.code);
  const { passkey, response } = registerPasskey(house, begun);
  const joined = await askPeople(house, '', `${path}/finish`, { token, response });
  if (joined.status !== 200) throw new Error(joined.body.code);
  return { id: joined.body.personId, cookie: joined.cookie, passkey };
}

/** What an authenticator makes of the options of a registration. */
export function registerPasskey(house: House, begun: TestAnswer) {
  const userHandle: string = begun.body.user.id;
  const passkey = createPasskey({ rpId: begun.body.rp.id, origin: house.origin, userHandle });
  return { passkey, response: passkey.register(begun.body.challenge) };
}

export async function signInWith(house: House, passkey: Passkey): Promise<TestAnswer> {
  const begun = await askPeople(house, '', '/sign-in/begin', {});
  return askPeople(house, '', '/sign-in/finish', passkey.assert(begun.body.challenge));
}

export async function verifyAgain(house: House, cookie: string, passkey: Passkey): Promise<TestAnswer> {
  const begun = await askPeople(house, cookie, '/me/verify/begin', {});
  return askPeople(house, cookie, '/me/verify/finish', passkey.assert(begun.body.challenge));
}
