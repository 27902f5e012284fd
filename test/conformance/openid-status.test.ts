import {
  makeAgentKey,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { importJWK } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('token.status-by-unmodified-client', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let resource: string;
  beforeAll(async () => {
    upstream = await startPlainUpstream();
    gateway = await startGateway();
    resource = await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  /** `openid-client` as one of the agents, with a token of its own. */
  async function connect() {
    const key = await makeAgentKey();
    const { agent, task } = await gateway.enrol({ key });
    const config = await openid.discovery(
      ...([new URL(gateway.url), agent.agentId, undefined, openid.PrivateKeyJwt(key.privateKey)] as const),
      { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    );
    const publicKey = await importJWK(key.publicJwk, key.algorithm);
    if (publicKey instanceof Uint8Array) throw new Error('a symmetric key');
    const DPoP = openid.getDPoPHandle(config, { privateKey: key.privateKey, publicKey });
    const authorization_details = JSON.stringify([{ type: 'agent_task', task }]);
    const issued = await openid.clientCredentialsGrant(config, { resource, authorization_details }, { DPoP });
    return { config, agent, task, key, token: issued.access_token };
  }

  it('is asked (RFC 7662), and ended (RFC 7009), through the endpoints the metadata names', async () => {
    const { config, agent, task, key, token } = await connect();
    expect(await openid.tokenIntrospection(config, token)).toMatchObject({
      ...{ active: true, sub: agent.agentId, client_id: agent.agentId, task, token_type: 'DPoP' },
      cnf: { jkt: key.thumbprint },
    });
    await openid.tokenRevocation(config, token);
    expect(await openid.tokenIntrospection(config, token)).toEqual({ active: false });
    // Twice, and of what is no token at all: no error (RFC 7009 §2.2).
    await openid.tokenRevocation(config, token);
    await openid.tokenRevocation(config, 'nothing of the kind');
  });

  it('tells another client nothing, and lets it end nothing', async () => {
    const [mine, other] = [await connect(), await connect()];
    expect(await openid.tokenIntrospection(other.config, mine.token)).toEqual({ active: false });
    await expect(openid.tokenRevocation(other.config, mine.token)).rejects.toMatchObject({
      error: 'unauthorized_client',
    });
    expect(await openid.tokenIntrospection(mine.config, mine.token)).toMatchObject({ active: true });
  });

  it('tells a caller without a key of the tokens for what it guards', async () => {
    const { token } = await connect();
    const add = (name: string, upstreams: string | readonly string[]) =>
      gateway.operator('POST', '/v1/tokens/introspection-clients', { name, upstreams });
    const [guard, neighbour] = [await add('guard', ['shop']), await add('neighbour', ['files'])];
    const ask = async (secret: unknown) => {
      const response = await fetch(`${gateway.url}/oauth/introspect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token }),
      });
      return response.json();
    };
    expect(await ask((guard.json as { token: string }).token)).toMatchObject({ active: true });
    expect(await ask((neighbour.json as { token: string }).token)).toEqual({ active: false });
    const removed = await fetch(`${gateway.url}/v1/tokens/introspection-clients/guard`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${await gateway.operatorToken()}` },
    });
    expect(removed.status).toBe(204);
    expect(await ask((guard.json as { token: string }).token)).toMatchObject({ error: 'invalid_client' });
  });
});
