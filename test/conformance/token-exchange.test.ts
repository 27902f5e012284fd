import {
  makeAgentKey,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { decodeJwt, importJWK } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

describe('token.exchange-unmodified-client', () => {
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

  /** A client of its own library, for an agent that holds nothing of its own. */
  async function makeClient(name: string) {
    const key = await makeAgentKey();
    const { agent } = await gateway.enrol({ key, name });
    const config = await openid.discovery(
      new URL(gateway.url),
      agent.agentId,
      undefined,
      openid.PrivateKeyJwt(key.privateKey),
      { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    );
    const publicKey = await importJWK(key.publicJwk, key.algorithm);
    if (publicKey instanceof Uint8Array) throw new Error('a symmetric key');
    const DPoP = openid.getDPoPHandle(config, { privateKey: key.privateKey, publicKey });
    const exchange = (parameters: Record<string, string>) =>
      openid.genericGrantRequest(config, EXCHANGE, parameters, { DPoP });
    return { agentId: agent.agentId, config, exchange, key };
  }

  it('exchanges a token it was handed for one of its own, and hears the RFC’s errors', async () => {
    const giver = await gateway.enrol({ limits: { depth: 1 } });
    const helper = await makeClient('helper');
    expect(helper.config.serverMetadata().grant_types_supported).toContain(EXCHANGE);
    const subject = { subject_token: giver.token, subject_token_type: ACCESS_TOKEN };
    await expect(helper.exchange(subject)).rejects.toMatchObject({
      error: 'unauthorized_client',
      status: 400,
    });
    await giver.agent.send({
      url: `${gateway.url}/v1/delegations`,
      token: await giver.agent.token(),
      message: { agentId: helper.agentId, parentId: giver.delegation, purpose: 'To help' },
    });
    const issued = await helper.exchange({
      ...subject,
      audience: 'shop',
      requested_token_type: ACCESS_TOKEN,
    });
    expect(issued.issued_token_type).toBe(ACCESS_TOKEN);
    expect(issued.token_type.toLowerCase()).toBe('dpop');
    expect(decodeJwt(issued.access_token)).toMatchObject({
      sub: giver.agent.agentId,
      aud: [resource],
      act: { sub: helper.agentId },
      cnf: { jkt: helper.key.thumbprint },
    });
    const refusals: readonly (readonly [Record<string, string>, string])[] = [
      [{ ...subject, subject_token: 'x' }, 'invalid_request'],
      [{ ...subject, subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
      [{ ...subject, actor_token: giver.token, actor_token_type: ACCESS_TOKEN }, 'invalid_request'],
      [{ ...subject, resource: `${gateway.url}/mcp/elsewhere` }, 'invalid_target'],
      [{ ...subject, scope: 'everything' }, 'invalid_scope'],
    ];
    for (const [parameters, error] of refusals) {
      await expect(helper.exchange(parameters)).rejects.toMatchObject({ error, status: 400 });
    }
  });
});
