import {
  type HttpReply,
  openConsent,
  type RawClient,
  type RawTokens,
  sendHttp,
  toolCall,
} from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { APP, describeApp, readError, useApplication } from './oauth-ground/use-application.ts';

const app = useApplication();
const invalidGrant = [400, 'invalid_grant', 'token.grant_invalid'];
const tokensOf = (reply: HttpReply): RawTokens => {
  if (reply.status !== 200) throw new Error(`refused: ${reply.status} ${reply.body}`);
  return reply.json as RawTokens;
};
const obtain = async (client: RawClient = app().create()) => ({
  client,
  tokens: await client.obtain(app().person),
});
const newest = async (kind: string) => (await app().gateway.records({ kind, limit: '1' }))[0];

async function works(accessToken: string): Promise<boolean> {
  const { message, headers } = toolCall('echo', { text: 'hello' });
  const reply = await sendHttp({
    url: app().resource,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}`, ...headers },
    body: JSON.stringify(message),
  });
  const { result } = (reply.json ?? {}) as { readonly result?: { readonly isError?: boolean } };
  return result !== undefined && result.isError !== true;
}

describe('token.refresh: a session goes on as long as its consent', () => {
  it('with a new refresh token each time', async () => {
    const { client, tokens } = await obtain();
    const next = tokensOf(await client.refresh(tokens.refresh_token));
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect(await works(next.access_token)).toBe(true);
    expect(tokensOf(await client.refresh(next.refresh_token)).refresh_token).not.toBe(next.refresh_token);
  });

  it('in the same task while it lasts, and in the next one after it', async () => {
    const { client, tokens } = await obtain();
    const soon = tokensOf(await client.refresh(tokens.refresh_token));
    expect(decodeJwt(soon.access_token).task).toBe(decodeJwt(tokens.access_token).task);
    app().gateway.advance(55 * 60_000);
    const later = tokensOf(await client.refresh(soon.refresh_token));
    expect(decodeJwt(later.access_token).task).not.toBe(decodeJwt(tokens.access_token).task);
    expect(await works(later.access_token)).toBe(true);
    expect(await newest('task.opened')).toMatchObject({ body: { purpose: 'Interactive session of App' } });
  });

  it('in one task, also when several ask for the next one at the same time', async () => {
    const { client, tokens } = await obtain();
    app().gateway.advance(55 * 60_000);
    const replies = await Promise.all(Array.from({ length: 6 }, () => client.refresh(tokens.refresh_token)));
    const tasks = replies.map((reply) => decodeJwt(tokensOf(reply).access_token).task);
    expect(new Set(tasks).size).toBe(1);
    expect(tasks[0]).not.toBe(decodeJwt(tokens.access_token).task);
  });

  it('for less, where the client asks for less, and never for more', async () => {
    const { client, tokens } = await obtain();
    const other = { resource: `${app().gateway.url}/mcp/other` };
    expect(readError(await client.refresh(tokens.refresh_token, other))[1]).toBe('invalid_target');
    const same = await client.refresh(tokens.refresh_token, { resource: app().resource });
    expect(decodeJwt(tokensOf(same).access_token).aud).toEqual([app().resource]);
  });

  it('and over a restart', async () => {
    const { client, tokens } = await obtain();
    await app().gateway.restart();
    expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
  });
});

describe('token.refresh-leniency: a client that loses an answer goes on', () => {
  it('a repeated use within a minute gets the same next token, and is recorded', async () => {
    const { client, tokens } = await obtain();
    const [first, second] = await Promise.all([
      client.refresh(tokens.refresh_token),
      client.refresh(tokens.refresh_token),
    ]);
    expect(tokensOf(second).refresh_token).toBe(tokensOf(first).refresh_token);
    expect(await newest('token.leniency_used')).toMatchObject({
      body: { leniency: 'refreshed_again', client: APP },
    });
    app().gateway.advance(30_000);
    const third = tokensOf(await client.refresh(tokens.refresh_token));
    expect(third.refresh_token).toBe(tokensOf(first).refresh_token);
    expect((await client.refresh(third.refresh_token)).status).toBe(200);
  });
});

describe('token.refresh-replay: a stolen refresh token is found out', () => {
  it('when it is used after its minute: all that the session had ends', async () => {
    const { client, tokens } = await obtain();
    const next = tokensOf(await client.refresh(tokens.refresh_token));
    expect(await works(next.access_token)).toBe(true);
    app().gateway.advance(61_000);
    expect(readError(await client.refresh(tokens.refresh_token))).toEqual(invalidGrant);
    expect(await works(next.access_token)).toBe(false);
    expect(readError(await client.refresh(next.refresh_token))).toEqual(invalidGrant);
    expect(await newest('token.family_ended')).toMatchObject({ body: { reason: 'refresh_replayed' } });
    const delegation = (decodeJwt(next.access_token).chain as readonly string[])[0];
    const { json } = await app().gateway.operator('GET', `/v1/delegations/${delegation}`);
    expect(json).toMatchObject({ state: 'active' });
  });

  it('whoever of two holders goes on first: the other one is the replay', async () => {
    const { client, tokens } = await obtain();
    const stolen = tokensOf(await client.refresh(tokens.refresh_token)).refresh_token;
    const thief = tokensOf(await client.refresh(stolen));
    app().gateway.advance(120_000);
    expect(readError(await client.refresh(stolen))).toEqual(invalidGrant);
    expect(readError(await client.refresh(thief.refresh_token))).toEqual(invalidGrant);
    expect(await works(thief.access_token)).toBe(false);
  });

  it('by another client, made up, or an access token in its place: nothing, and nothing ends', async () => {
    const other = 'https://second.example/c';
    app().documents.publish(other, describeApp(other));
    const { client, tokens } = await obtain();
    const foreign = app().create({ clientId: other });
    expect(readError(await foreign.refresh(tokens.refresh_token))).toEqual(invalidGrant);
    expect(readError(await client.refresh('x'.repeat(43)))).toEqual(invalidGrant);
    expect(readError(await client.refresh(tokens.access_token))).toEqual(invalidGrant);
    expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
  });
});

describe('token.session-ended: what ends the authority ends the session at once', () => {
  const chainOf = ({ access_token }: RawTokens) => decodeJwt(access_token).chain as readonly string[];

  it('the delegation', async () => {
    const { client, tokens } = await obtain();
    await app().gateway.operator('POST', `/v1/delegations/${chainOf(tokens)[0]}/revoke`, {});
    expect(await works(tokens.access_token)).toBe(false);
    expect(readError(await client.refresh(tokens.refresh_token))).toEqual(invalidGrant);
  });

  it('a new consent for the same client', async () => {
    const { client, tokens } = await obtain();
    const choices = {
      tools: ['shop/echo'],
      contents: false,
      seconds: 3600,
      calls: 9,
      spendMinor: null,
      currency: null,
    };
    const newer = await app().create().obtain(app().person, { choices });
    expect(await works(tokens.access_token)).toBe(false);
    expect(readError(await client.refresh(tokens.refresh_token))).toEqual(invalidGrant);
    expect(await works(newer.access_token)).toBe(true);
  });

  it('a code that was not redeemed yet goes with its delegation', async () => {
    const client = app().create();
    const code = await client.obtainCode(app().person);
    const [created] = await app().gateway.records({ kind: 'delegation.created', limit: '1' });
    const delegation = (created?.chain as readonly string[] | undefined)?.[0];
    await app().gateway.operator('POST', `/v1/delegations/${delegation}/revoke`, {});
    expect(readError(await client.exchange(code))).toEqual(invalidGrant);
  });

  it('the agent', async () => {
    const { client, tokens } = await obtain();
    const { agent } = decodeJwt(tokens.access_token);
    await app().gateway.operator('POST', `/v1/agents/${agent}/suspend`, {});
    expect(await works(tokens.access_token)).toBe(false);
    expect(readError(await client.refresh(tokens.refresh_token))[1]).toBe('unauthorized_client');
    const consent = await openConsent(app().person, app().create().link());
    expect(readError(await consent.grant())[2]).toBe('agent.not_active');
    await consent.deny();
    await app().gateway.operator('POST', `/v1/agents/${agent}/retire`, {});
    const { tokens: fresh } = await obtain();
    expect(decodeJwt(fresh.access_token).agent).not.toBe(agent);
  });

  it('the client', async () => {
    const { client, tokens } = await obtain();
    const removed = await app().gateway.operator('POST', '/v1/tokens/clients/remove', { clientId: APP });
    expect(removed.json).toMatchObject({ clientId: APP, ended: chainOf(tokens) });
    expect(await works(tokens.access_token)).toBe(false);
    expect(readError(await client.refresh(tokens.refresh_token))).toEqual(invalidGrant);
  });

  it('the person', async () => {
    const { gateway } = app();
    const leaver = await gateway.invite('Leaver', ['owner']);
    const client = app().create();
    const tokens = await client.obtain(leaver);
    await gateway.operator('POST', `/v1/people/${leaver.id}/suspend`, {});
    expect(await works(tokens.access_token)).toBe(false);
    expect((await client.refresh(tokens.refresh_token)).status).toBe(400);
  });

  it('the client itself, by handing its refresh token back', async () => {
    const revoke = (token: string, client_id: string) =>
      sendHttp({
        url: `${app().gateway.url}/oauth/revoke`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token, client_id }).toString(),
      });
    const other = 'https://second.example/c';
    app().documents.publish(other, describeApp(other));
    const { client, tokens } = await obtain();
    expect((await revoke(tokens.refresh_token, other)).status).not.toBe(200);
    expect(await works(tokens.access_token)).toBe(true);
    expect((await revoke(tokens.refresh_token, APP)).status).toBe(200);
    expect(await works(tokens.access_token)).toBe(false);
    expect(readError(await client.refresh(tokens.refresh_token))).toEqual(invalidGrant);
    expect((await revoke('x'.repeat(43), APP)).status).toBe(200);
  });

  it('and time: nothing outlives what the person chose, nor thirty days without use', async () => {
    const hour = {
      tools: ['shop/echo'],
      contents: true,
      seconds: 3600,
      calls: null,
      spendMinor: null,
      currency: null,
    };
    const client = app().create();
    const short = await client.obtain(app().person, { choices: hour });
    app().gateway.advance(3_601_000);
    expect(await works(short.access_token)).toBe(false);
    expect(readError(await client.refresh(short.refresh_token))).toEqual(invalidGrant);
  });
});
