import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { describe, expect, it } from 'vitest';
import { type CeremonyForgery, createPasskey } from './create-passkey.ts';

const site = { rpId: 'localhost', origin: 'http://localhost:4400' };
const challenge = Buffer.from('the exact action').toString('base64url');
const expected = {
  expectedChallenge: challenge,
  expectedOrigin: site.origin,
  expectedRPID: site.rpId,
  requireUserVerification: true,
};

async function registered() {
  const passkey = createPasskey({ ...site, userHandle: 'cGVyXzE' });
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    ...expected,
    response: passkey.register(challenge),
  });
  if (!verified) throw new Error('the registration was refused');
  return { passkey, credential: registrationInfo.credential };
}

describe('the software passkey', () => {
  it('registers and signs, and an independent relying party agrees', async () => {
    const { passkey, credential } = await registered();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      ...expected,
      response: passkey.assert(challenge),
      credential,
    });
    expect(verified).toBe(true);
    expect(authenticationInfo.userVerified).toBe(true);
  });

  it.each<[string, CeremonyForgery]>([
    ['another origin', { origin: 'http://localhost.evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no verification of the person', { withoutVerification: true }],
    ['another ceremony', { type: 'webauthn.create' }],
  ])('can be made to present %s, which is refused', async (_what, forge) => {
    const { passkey, credential } = await registered();
    const response = passkey.assert(challenge, forge);
    await expect(verifyAuthenticationResponse({ ...expected, response, credential })).rejects.toThrow();
  });

  it('can sign with a key that was never registered, which does not verify', async () => {
    const { passkey, credential } = await registered();
    const response = passkey.assert(challenge, { withAnotherKey: true });
    const { verified } = await verifyAuthenticationResponse({ ...expected, response, credential });
    expect(verified).toBe(false);
  });
});
