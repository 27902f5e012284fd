import { describe, expect, it } from 'vitest';
import type { FetchOptions, GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { CredentialOf } from './credential-settings.ts';
import { findIssuer } from './find-issuer.ts';
import type { Holder } from './minted.ts';

type UserCredential = CredentialOf<'oauth-user'>;
type Answers = Readonly<Record<string, unknown>>;

const upstream = 'https://files.example/mcp';
const issuer = 'https://login.example/tenant';
const resourceUrl = 'https://files.example/.well-known/oauth-protected-resource/mcp';
const serverUrl = 'https://login.example/.well-known/oauth-authorization-server/tenant';
const resource = { resource: upstream, authorization_servers: [issuer] };
const server = {
  issuer,
  authorization_endpoint: 'https://login.example/authorize',
  token_endpoint: 'https://login.example/token',
};
const holder: Holder = { name: 'files', kind: 'mcp-http', settings: { url: upstream } };
const code = (wanted: string) => expect.objectContaining({ code: wanted });

function look(answers: Answers, credential: Partial<UserCredential> = {}) {
  const asked: string[] = [];
  const fetch = async (url: string, { method = 'GET' }: FetchOptions = {}) => {
    asked.push(`${method} ${url}`);
    const answer = answers[`${method} ${url}`] ?? answers[url];
    if (answer instanceof Response) return answer;
    if (answer === undefined || method !== 'GET') return new Response('{}', { status: 404 });
    return Response.json(answer);
  };
  const guarded: GuardedFetch = Object.assign(fetch, { close: async () => {} });
  const found = findIssuer(
    holder,
    { kind: 'oauth-user', ...credential },
    { toUpstream: guarded, toIssuer: guarded },
  );
  return { asked, found };
}

const both = (changes: { resource?: object; server?: object } = {}): Answers => ({
  [resourceUrl]: { ...resource, ...changes.resource },
  [serverUrl]: { ...server, ...changes.server },
});

describe('the authorization server of an upstream', () => {
  it('is found by what the upstream says of itself', async () => {
    const { found } = look(both());
    expect(await found).toMatchObject({ server, resource: upstream, resourceChecksProofs: false });
  });

  it('is found where the challenge of a refused call says', async () => {
    const elsewhere = 'https://files.example/its-own/metadata';
    const challenge = new Response('{}', {
      status: 401,
      headers: { 'www-authenticate': `Bearer error="invalid_token", resource_metadata="${elsewhere}"` },
    });
    const { found, asked } = look({
      [`POST ${upstream}`]: challenge,
      [elsewhere]: { ...resource, dpop_signing_alg_values_supported: ['ES256'] },
      [serverUrl]: server,
    });
    expect(await found).toMatchObject({ resourceChecksProofs: true });
    expect(asked).not.toContain(`GET ${resourceUrl}`);
  });

  it('is the one that the settings name, without asking the upstream', async () => {
    const { found, asked } = look(both(), { issuer, resource: 'urn:files' });
    expect(await found).toMatchObject({ resource: 'urn:files' });
    expect(asked).toEqual([`GET ${serverUrl}`]);
  });

  it('may describe itself as an OpenID provider', async () => {
    const { found } = look(
      { 'https://login.example/tenant/.well-known/openid-configuration': server },
      { issuer },
    );
    expect(await found).toMatchObject({ server });
  });

  it.each([
    ['metadata of another issuer', { server: { issuer: 'https://evil.example' } }, 'upstream.lied'],
    ['metadata that is no object', { server: { issuer: 7 } }, 'upstream.lied'],
    [
      'a token endpoint in clear text',
      { server: { token_endpoint: 'http://login.example/token' } },
      'upstream.address_refused',
    ],
    [
      'a token endpoint elsewhere',
      { server: { token_endpoint: 'https://evil.example/token' } },
      'upstream.lied',
    ],
    ['a sign-in elsewhere', { server: { authorization_endpoint: 'https://evil.example/' } }, 'upstream.lied'],
    ['a revocation elsewhere', { server: { revocation_endpoint: 'https://evil.example/' } }, 'upstream.lied'],
    [
      'a registration inside the house',
      { server: { registration_endpoint: 'https://10.0.0.8/' } },
      'upstream.address_refused',
    ],
    [
      'an endpoint that is no URL',
      { server: { token_endpoint: 'javascript:alert(1)' } },
      'upstream.address_refused',
    ],
    ['a resource of another place', { resource: { resource: 'https://bank.example/mcp' } }, 'upstream.lied'],
    [
      'a resource beside its endpoint',
      { resource: { resource: 'https://files.example/mc' } },
      'upstream.lied',
    ],
    ['a resource without an issuer', { resource: { authorization_servers: [] } }, 'upstream.lied'],
    ['an issuer that is no URL', { resource: { authorization_servers: ['login'] } }, 'upstream.lied'],
  ])('is refused for %s', async (_, changes, wanted) => {
    await expect(look(both(changes)).found).rejects.toEqual(code(wanted));
  });

  it('may have endpoints on hosts that the settings name, and nowhere else', async () => {
    const changed = both({ server: { token_endpoint: 'https://tokens.example/token' } });
    await expect(look(changed, { endpointHosts: ['other.example'] }).found).rejects.toEqual(
      code('upstream.lied'),
    );
    expect(await look(changed, { endpointHosts: ['tokens.example'] }).found).toBeDefined();
  });

  it('is not asked for at an address that a challenge made up', async () => {
    const challenge = new Response('', {
      status: 401,
      headers: { 'www-authenticate': 'Bearer resource_metadata="https://evil.example/metadata"' },
    });
    const { found, asked } = look({ ...both(), [`POST ${upstream}`]: challenge });
    await expect(found).rejects.toEqual(code('upstream.lied'));
    expect(asked.some((one) => one.includes('evil'))).toBe(false);
  });

  it('is missing when nobody says anything', async () => {
    await expect(look({}).found).rejects.toEqual(code('upstream.credential_unavailable'));
    await expect(look({}, { issuer }).found).rejects.toEqual(code('upstream.credential_unavailable'));
  });
});
