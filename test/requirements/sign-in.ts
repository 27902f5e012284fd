import { behaviour } from './requirement.ts';

/** How people prove who they are, and what nobody else can do in their place. */
export const signIn = [
  behaviour(
    'person.single-sign-on',
    'test/browser/single-sign-on.test.ts',
    'An invited person signs in at the issuer of the house and makes a passkey, which counts once an administrator heard its code.',
  ),
];
