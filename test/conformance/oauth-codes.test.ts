import {
  createRawClient,
  makeAgentKey,
  makeClientAssertion,
  type RawTokens,
  sendHttp,
  toolCall,
} from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { APP, describeApp, NATIVE, readError, useApplication, WEB } from './oauth-ground/use-application.ts';

const app = useApplication();
const invalidGrant = [400, 'invalid_grant', 'token.grant_invalid'];

/** Calls a tool with a bearer token, as a client without a key does. */
async function callWith(accessToken: string, tool = 'echo', args: object = { text: 'hello' }) {
  const { message, headers } = toolCall(tool, args);
  const reply = await sendHttp({
    url: app().resource,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}`, ...headers },
    body: JSON.stringify(message),
  });
  const { result, error } = (reply.json ?? {}) as {
    readonly result?: object;
    readonly error?: { data?: { code?: string } };
  };
  return {
    status: reply.status,
    works: result !== undefined && !('isError' in result && result.isError),
    error,
    reply,
  };
}

describe('token.code: a code is good once, for who asked', () => {
  it('and becomes a token of the person, through the client, for the agent', async () => {
    const client = app().create();
    const tokens = await client.obtain(app().person);
    expect(tokens).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
    expect(tokens.expires_in).toBeLessThanOrEqual(3600);
    const claims = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({ sub: app().person.id, client_id: APP, aud: [app().resource] });
    expect(claims).not.toHaveProperty('cnf');
    expect((await callWith(tokens.access_token)).works).toBe(true);
    const [issued] = await app().gateway.records({ kind: 'token.issued', limit: '1' });
    expect(issued).toMatchObject({ body: { client: APP, subject: app().person.id, binding: 'none' } });
    expect(JSON.stringify(issued)).not.toContain(tokens.refresh_token);
  });

  it('and a second use ends what the first one got', async () => {
    const client = app().create();
    const code = await client.obtainCode(app().person);
    const tokens = (await client.exchange(code)).json as RawTokens;
    expect((await callWith(tokens.access_token)).works).toBe(true);
    expect(readError(await client.exchange(code))).toEqual(invalidGrant);
    expect((await callWith(tokens.access_token)).works).toBe(false);
    expect(readError(await client.refresh(tokens.refresh_token))).toEqual(invalidGrant);
    const [ended] = await app().gateway.records({ kind: 'token.family_ended', limit: '1' });
    expect(ended).toMatchObject({ body: { client: APP, reason: 'code_replayed' } });
  });

  it('and of two uses at the same time at most one gets anything that lasts', async () => {
    const client = app().create();
    const code = await client.obtainCode(app().person);
    const replies = await Promise.all([client.exchange(code), client.exchange(code), client.exchange(code)]);
    const won = replies.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { json } of won) expect((await callWith((json as RawTokens).access_token)).works).toBe(false);
  });

  it.each<[string, { readonly [name: string]: string | undefined }, string]>([
    ['no verifier', { code_verifier: undefined }, 'invalid_request'],
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['a short verifier', { code_verifier: 'x' }, 'invalid_grant'],
    ['the challenge as verifier', { code_verifier: 'CHALLENGE' }, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: undefined }, 'invalid_request'],
    ['another redirect URI', { redirect_uri: WEB }, 'invalid_grant'],
    ['another port', { redirect_uri: NATIVE.replace('33418', '33419') }, 'invalid_grant'],
    ['another client', { client_id: 'https://second.example/c' }, 'invalid_grant'],
    ['an unknown client', { client_id: 'clt_01KDVE7KY019VB0XXJC4PFKBJT' }, 'invalid_client'],
    ['no client', { client_id: undefined }, 'invalid_client'],
    ['another resource', { resource: 'SELF/mcp/other' }, 'invalid_target'],
    ['a made-up code', { code: 'x'.repeat(43) }, 'invalid_grant'],
    ['no code', { code: undefined }, 'invalid_request'],
    ['a secret', { client_secret: 'x' }, 'invalid_client'],
  ])('and never with %s', async (_what, changes, error) => {
    app().documents.publish('https://second.example/c', describeApp('https://second.example/c'));
    const client = app().create();
    const code = await client.obtainCode(app().person);
    const challenge = new URL(client.link()).searchParams.get('code_challenge') ?? '';
    const given = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [
        name,
        value?.replace('SELF', app().gateway.url).replace('CHALLENGE', challenge),
      ]),
    );
    expect(readError(await client.exchange(code, given))[1]).toBe(error);
    // A thief who tries does not use up the code of whom it was stolen from.
    expect((await client.exchange(code)).status).toBe(200);
  });

  it('is no grant for an agent, and a person’s grants are none for one', async () => {
    const { gateway } = app();
    const key = await makeAgentKey();
    const { agent } = await gateway.enrol({ key });
    const client = createRawClient({
      ...{ url: gateway.url, clientId: agent.agentId, redirectUri: NATIVE, resource: app().resource, key },
    });
    const assertion = () => makeClientAssertion({ key, clientId: agent.agentId, audience: gateway.url });
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const asAgent = async () => ({ client_assertion: await assertion(), client_assertion_type: type });
    const refused = [400, 'unauthorized_client', 'token.grant_not_allowed'];
    expect(readError(await client.exchange('x', await asAgent()))).toEqual(refused);
    expect(readError(await client.refresh('x', await asAgent()))).toEqual(refused);
    expect(readError(await client.push(await asAgent()))).toEqual(refused);
    for (const grant_type of ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'])
      expect(readError(await app().create().exchange('x', { grant_type })), grant_type).toEqual(refused);
    const unbound = createRawClient({
      ...{ url: gateway.url, clientId: agent.agentId, redirectUri: NATIVE, resource: app().resource },
    });
    const reply = await unbound.exchange('x', { grant_type: 'client_credentials', ...(await asAgent()) });
    expect(readError(reply)[1]).toBe('invalid_dpop_proof');
  });
});

describe('token.code-bound: a client that proves a key gets what only that key can use', () => {
  it('from the first request on', async () => {
    const [key, thief] = [await makeAgentKey(), await makeAgentKey()];
    const client = app().create({ key });
    const code = await client.obtainCode(app().person, { link: client.link({ dpop_jkt: key.thumbprint }) });
    const verifier = { code_verifier: client.verifier };
    expect(readError(await app().create({ key: thief }).exchange(code, verifier))).toEqual(invalidGrant);
    expect(readError(await app().create().exchange(code, verifier))).toEqual(invalidGrant);
    const reply = await client.exchange(code);
    expect(reply.json).toMatchObject({ token_type: 'DPoP', expires_in: 300 });
    const { access_token: token, refresh_token: refresh } = reply.json as RawTokens;
    expect(decodeJwt(token)).toMatchObject({ cnf: { jkt: key.thumbprint } });
    expect((await callWith(token)).works).toBe(false);
    expect(readError(await app().create({ key: thief }).refresh(refresh))).toEqual(invalidGrant);
    expect(readError(await app().create().refresh(refresh))).toEqual(invalidGrant);
    expect((await client.refresh(refresh)).json).toMatchObject({ token_type: 'DPoP' });
  });

  it('by its pushed request as well', async () => {
    const [key, thief] = [await makeAgentKey(), await makeAgentKey()];
    const client = app().create({ key });
    const { json } = await client.push();
    const { request_uri } = json as { request_uri: string };
    const link = `${app().gateway.url}/oauth/authorize?${new URLSearchParams({ client_id: APP, request_uri })}`;
    const code = await client.obtainCode(app().person, { link });
    const stolen = await app().create({ key: thief }).exchange(code, { code_verifier: client.verifier });
    expect(readError(stolen)).toEqual(invalidGrant);
    expect((await client.exchange(code)).status).toBe(200);
    expect(readError(await client.push({ dpop_jkt: thief.thumbprint }))[1]).toBe('invalid_dpop_proof');
  });

  it('and one that says it takes no other gets no other', async () => {
    const clientId = 'https://bound.example/c';
    app().documents.publish(clientId, describeApp(clientId, { dpop_bound_access_tokens: true }));
    const client = app().create({ clientId });
    const code = await client.obtainCode(app().person);
    expect(readError(await client.exchange(code))[1]).toBe('invalid_dpop_proof');
  });

  it('and one with keys of its own proves itself with them', async () => {
    const key = await makeAgentKey('ES256');
    const clientId = 'https://keyed.example/c';
    const method = { token_endpoint_auth_method: 'private_key_jwt' };
    app().documents.publish(clientId, describeApp(clientId, { ...method, jwks: { keys: [key.publicJwk] } }));
    const client = app().create({ clientId, redirectUri: WEB });
    const code = await client.obtainCode(app().person);
    expect(readError(await client.exchange(code))).toEqual([
      401,
      'invalid_client',
      'token.client_assertion_invalid',
    ]);
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const proven = async (signer = key, audience = app().gateway.url) => ({
      client_assertion: await makeClientAssertion({ key: signer, clientId, audience }),
      client_assertion_type: type,
    });
    const stranger = await makeAgentKey('ES256');
    for (const wrong of [await proven(stranger), await proven(key, 'https://other.example')])
      expect(readError(await client.exchange(code, wrong))[1]).toBe('invalid_client');
    const assertion = await proven();
    const reply = await client.exchange(code, assertion);
    expect(reply.status).toBe(200);
    expect(readError(await client.refresh((reply.json as RawTokens).refresh_token, assertion))[1]).toBe(
      'invalid_client',
    );
    expect((await client.refresh((reply.json as RawTokens).refresh_token, await proven())).status).toBe(200);
    expect(
      readError(
        await app()
          .create()
          .exchange('x', await proven()),
      )[1],
    ).toBe('invalid_client');
  });
});

// Last, because they move the clock and start the server again.
describe('token.code-time: a code is good', () => {
  it('and for a minute', async () => {
    const client = app().create();
    const code = await client.obtainCode(app().person);
    app().gateway.advance(61_000);
    expect(readError(await client.exchange(code))).toEqual(invalidGrant);
  });

  it('and survives a restart, but not in the table', async () => {
    const client = app().create();
    const code = await client.obtainCode(app().person);
    await app().gateway.restart();
    expect((await client.exchange(code)).status).toBe(200);
  });
});
