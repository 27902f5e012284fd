import { createRawClient, sendHttp, startGateway } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { NATIVE, readError, useApplication, WEB } from './oauth-ground/use-application.ts';

const app = useApplication({ environment: { COUNTERSIGN_TOKENS_DYNAMIC_REGISTRATION: 'on' } });
const metadata = { client_name: 'Editor', redirect_uris: [NATIVE], token_endpoint_auth_method: 'none' };

async function register(body: unknown, headers: { readonly [name: string]: string } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await sendHttp({
    url: `${app().gateway.url}/oauth/register`,
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
  return { ...reply, client: (reply.json ?? {}) as { readonly [name: string]: unknown } };
}
const manage = (method: string, id: unknown, token: unknown) =>
  sendHttp({
    method,
    url: `${app().gateway.url}/oauth/register/${id}`,
    headers: { authorization: `Bearer ${token}` },
  });

describe('token.registration: RFC 7591 behind its switch', () => {
  it('is not there without the switch', async () => {
    const plain = await startGateway();
    try {
      const reply = await sendHttp({
        url: `${plain.url}/oauth/register`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(metadata),
      });
      expect(reply.status).toBe(404);
      const described = await sendHttp({
        method: 'GET',
        url: `${plain.url}/.well-known/oauth-authorization-server`,
      });
      expect(described.json).not.toHaveProperty('registration_endpoint');
    } finally {
      await plain.stop();
    }
  });

  it('registers, and gives people what the application then asks for', async () => {
    const { client, status } = await register(metadata);
    expect(status).toBe(201);
    expect(client).toMatchObject({
      ...{ ...metadata, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
      registration_access_token: expect.any(String),
    });
    expect(client).not.toHaveProperty('client_secret');
    const raw = createRawClient({
      ...{ url: app().gateway.url, clientId: String(client.client_id), redirectUri: NATIVE },
      resource: app().resource,
    });
    expect(await raw.obtain(app().person)).toMatchObject({ token_type: 'Bearer' });
    const described = await app().person.request('GET', '/.well-known/oauth-authorization-server');
    expect(described.json).toMatchObject({ registration_endpoint: `${app().gateway.url}/oauth/register` });
  });

  it('takes one that registers at every start for the same, and gives its keys to nobody else', async () => {
    const name = { ...metadata, client_name: 'Restarting' };
    const first = await register(name);
    const again = await register({ ...name, contacts: ['x@example.org'] });
    expect(again.client.client_id).toBe(first.client.client_id);
    expect(again.client).not.toHaveProperty('registration_access_token');
    const other = await register({ ...name, redirect_uris: [WEB] });
    expect(other.client.client_id).not.toBe(first.client.client_id);
    const [lenient] = await app().gateway.records({ kind: 'token.leniency_used', limit: '1' });
    expect(lenient).toMatchObject({ body: { leniency: 'registered_again', client: first.client.client_id } });
  });

  it('gives a client that wants a secret none, and says so', async () => {
    const { client } = await register({
      ...metadata,
      client_name: 'Old',
      token_endpoint_auth_method: 'client_secret_post',
    });
    expect(client).toMatchObject({ token_endpoint_auth_method: 'none' });
    expect(client).not.toHaveProperty('client_secret');
  });

  it.each<[string, unknown, string]>([
    ['a redirect to a script', { ...metadata, redirect_uris: ['javascript:1'] }, 'invalid_redirect_uri'],
    [
      'a redirect without TLS',
      { ...metadata, redirect_uris: ['http://app.example/cb'] },
      'invalid_redirect_uri',
    ],
    ['no redirect', { client_name: 'x' }, 'invalid_client_metadata'],
    ['a name that hides', { ...metadata, client_name: 'x\u0000y' }, 'invalid_client_metadata'],
    ['a list', [], 'invalid_client_metadata'],
    ['no JSON', '{', 'invalid_client_metadata'],
    [
      'a member twice',
      '{"client_name":"a","client_name":"b","redirect_uris":["https://a.example/"]}',
      'invalid_client_metadata',
    ],
    [
      'a poisoned member',
      '{"__proto__":{"client_name":"a"},"redirect_uris":["https://a.example/"]}',
      'invalid_client_metadata',
    ],
    ['too much', { ...metadata, padding: 'x'.repeat(9000) }, 'invalid_client_metadata'],
    [
      'a private key',
      {
        ...metadata,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'oct', k: 'AA' }] },
      },
      'invalid_client_metadata',
    ],
  ])('refuses %s', async (_what, body, error) => {
    const reply = await register(body);
    expect([reply.status, reply.client.error]).toEqual([400, error]);
  });

  it('opens a registration to its own token alone (RFC 7592)', async () => {
    const { client } = await register({ ...metadata, client_name: 'Managed' });
    const { client_id: id, registration_access_token: token } = client;
    expect((await manage('GET', id, token)).json).toMatchObject({ client_id: id, client_name: 'Managed' });
    for (const wrong of ['x'.repeat(43), 'x', ''])
      expect((await manage('DELETE', id, wrong)).status).toBe(401);
    expect((await manage('DELETE', 'clt_01KDVE7KY019VB0XXJC4PFKBJT', token)).status).toBe(401);
    expect((await manage('DELETE', id, token)).status).toBe(204);
    expect((await manage('GET', id, token)).status).toBe(401);
    const raw = createRawClient({
      ...{ url: app().gateway.url, clientId: String(id), redirectUri: NATIVE, resource: app().resource },
    });
    expect(readError(await raw.push())[2]).toBe('token.client_unknown');
  });

  it('bounds a flood in each minute, and forgets what nobody uses', async () => {
    app().gateway.advance(60_000);
    const statuses: number[] = [];
    for (let number = 0; number < 35; number += 1)
      statuses.push((await register({ ...metadata, client_name: `Flood ${number}` })).status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(30);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('token.registered-client: an administrator registers, lists and removes', () => {
  it('a client, which then works, and ends', async () => {
    const { gateway, resource, person } = app();
    const body = { name: 'Known', redirectUris: ['https://known.example/cb'] };
    const { json, status } = await gateway.operator('POST', '/v1/tokens/clients', body);
    const { id } = json as { readonly id: string };
    expect([status, json]).toEqual([
      201,
      expect.objectContaining({ kind: 'registered', authMethod: 'none' }),
    ]);
    const options = { url: gateway.url, clientId: id, redirectUri: 'https://known.example/cb', resource };
    const client = createRawClient(options);
    expect(await client.obtain(person)).toMatchObject({ token_type: 'Bearer' });
    const listed = await gateway.operator('GET', '/v1/tokens/clients?limit=200');
    expect((listed.json as { items: object[] }).items).toContainEqual(
      expect.objectContaining({ id, usedAt: expect.any(Number) }),
    );
    await gateway.operator('POST', '/v1/tokens/clients/remove', { clientId: id });
    expect(readError(await client.push())[2]).toBe('token.client_unknown');
    const again = await gateway.operator('POST', '/v1/tokens/clients/remove', { clientId: id });
    expect(again.status).toBe(404);
  });

  it('and nobody else', async () => {
    const owner = await app().gateway.invite('An owner', ['owner']);
    const body = { name: 'Mine', redirectUris: ['https://mine.example/cb'] };
    expect((await owner.request('POST', '/v1/tokens/clients', body)).status).toBe(403);
    expect((await owner.request('GET', '/v1/tokens/clients')).status).toBe(403);
    const remove = await owner.request('POST', '/v1/tokens/clients/remove', { clientId: 'x' });
    expect(remove.status).toBe(403);
    const bad = await app().gateway.operator('POST', '/v1/tokens/clients', {
      ...body,
      redirectUris: ['http://x.example/'],
    });
    expect([bad.status, (bad.json as { code: string }).code]).toEqual([400, 'token.redirect_refused']);
  });
});
