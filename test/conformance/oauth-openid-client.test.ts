import { openConsent, readLocation } from '@countersign/testkit';
import * as openid from 'openid-client';
import { describe, expect, it } from 'vitest';
import { APP, NATIVE, useApplication } from './oauth-ground/use-application.ts';

const app = useApplication();

const discover = () =>
  openid.discovery(new URL(app().gateway.url), APP, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
    algorithm: 'oauth2',
  });

/** The person follows the link, consents, and the browser comes back to the application. */
async function consent(link: URL): Promise<URL> {
  return readLocation(await (await openConsent(app().person, link.href)).grant());
}

async function signIn(config: openid.Configuration, options: { pushed?: boolean; DPoP?: openid.DPoPHandle }) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const { DPoP } = options;
  const parameters = {
    redirect_uri: NATIVE,
    resource: app().resource,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  };
  const link = options.pushed
    ? await openid.buildAuthorizationUrlWithPAR(config, parameters, DPoP && { DPoP })
    : openid.buildAuthorizationUrl(config, parameters);
  const back = await consent(link);
  // It checks state and issuer (RFC 9207) by itself.
  return openid.authorizationCodeGrant(
    ...([config, back, { pkceCodeVerifier, expectedState }, {}, DPoP && { DPoP }] as const),
  );
}

describe('token.unmodified-code-client', () => {
  it('finds everything that RFC 8414 names', async () => {
    const { url } = app().gateway;
    expect((await discover()).serverMetadata()).toMatchObject({
      issuer: url,
      authorization_endpoint: `${url}/oauth/authorize`,
      pushed_authorization_request_endpoint: `${url}/oauth/par`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
      token_endpoint_auth_methods_supported: expect.arrayContaining(['none', 'private_key_jwt']),
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
  });

  it.each([
    ['by query', {}],
    ['by pushed request', { pushed: true }],
  ])('signs in %s, and refreshes', async (_how, options) => {
    const config = await discover();
    const tokens = await signIn(config, options);
    expect(tokens.token_type.toLowerCase()).toBe('bearer');
    expect(tokens.expiresIn()).toBeLessThanOrEqual(3600);
    const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    const reply = await openid.fetchProtectedResource(
      ...([config, next.access_token, new URL(app().resource), 'POST', '{}'] as const),
    );
    // What is refused is the empty message, not the caller.
    expect(reply.status).not.toBe(401);
  });

  it.each([
    ['by query', {}],
    ['by pushed request', { pushed: true }],
  ])('signs in %s with DPoP, following the demand for a nonce', async (_how, options) => {
    const config = await discover();
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const tokens = await signIn(config, { ...options, DPoP });
    expect(tokens.token_type.toLowerCase()).toBe('dpop');
    const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP });
    expect(next.token_type.toLowerCase()).toBe('dpop');
    await expect(openid.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toThrow();
    const reply = await openid.fetchProtectedResource(
      ...([config, next.access_token, new URL(app().resource), 'POST', '{}', undefined, { DPoP }] as const),
    );
    expect(reply.status).not.toBe(401);
  });

  it('finds out a refusal, and a mix-up', async () => {
    const config = await discover();
    const parameters = {
      redirect_uri: NATIVE,
      resource: app().resource,
      code_challenge: await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
      state: 'a-state',
    };
    const link = openid.buildAuthorizationUrl(config, parameters);
    const denied = readLocation(await (await openConsent(app().person, link.href)).deny());
    const checks = { expectedState: 'a-state', pkceCodeVerifier: 'x'.repeat(43) };
    await expect(openid.authorizationCodeGrant(config, denied, checks)).rejects.toMatchObject({
      error: 'access_denied',
    });
    const mixed = await consent(link);
    mixed.searchParams.set('iss', 'https://evil.example');
    await expect(openid.authorizationCodeGrant(config, mixed, checks)).rejects.toThrow();
  });
});
