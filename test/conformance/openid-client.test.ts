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

describe('token.unmodified-client', () => {
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

  it('discovers the server and gets a bound token, following the demand for a nonce', async () => {
    const key = await makeAgentKey();
    const { agent, task } = await gateway.enrol({ key });
    const config = await openid.discovery(
      new URL(gateway.url),
      agent.agentId,
      undefined,
      openid.PrivateKeyJwt(key.privateKey),
      { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    );
    expect(config.serverMetadata()).toMatchObject({
      issuer: gateway.url,
      code_challenge_methods_supported: expect.anything(),
    });
    const publicKey = await importJWK(key.publicJwk, key.algorithm);
    if (publicKey instanceof Uint8Array) throw new Error('a symmetric key');
    const DPoP = openid.getDPoPHandle(config, { privateKey: key.privateKey, publicKey });
    const details = JSON.stringify([{ type: 'agent_task', task }]);
    const token = await openid.clientCredentialsGrant(
      config,
      { resource, authorization_details: details },
      { DPoP },
    );
    expect(token.token_type.toLowerCase()).toBe('dpop');
    expect(token.expiresIn()).toBeLessThanOrEqual(300);
    expect(token.authorization_details).toEqual([{ type: 'agent_task', task }]);
    const { challenged } = await openid
      .fetchProtectedResource(config, token.access_token, new URL(resource), 'POST', '{}', undefined, {
        DPoP,
      })
      .then(
        () => ({ challenged: false }),
        (error: unknown) => ({ challenged: error instanceof openid.WWWAuthenticateChallengeError }),
      );
    // Its proof is good there too: what is refused is the empty message, not the caller.
    expect(challenged).toBe(false);
  });
});
