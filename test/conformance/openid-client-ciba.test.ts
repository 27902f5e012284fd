import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AgentKey,
  type EnrolledAgent,
  makeAgentKey,
  startGateway,
  startPlainUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { importJWK } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// A client that nobody here wrote, through the whole of CIBA. It sends no proof with the request itself, so it names its
// key there (RFC 9449 §10) and proves it when it fetches the token.
describe('token.ask-unmodified-client', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let resource: string;
  let agent: EnrolledAgent;
  let key: AgentKey;
  let config: openid.Configuration;
  let DPoP: openid.DPoPHandle;
  let pinged: Server;
  let hear: (authReqId: string) => void = () => {};

  beforeAll(async () => {
    upstream = await startPlainUpstream();
    gateway = await startGateway();
    resource = await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    key = await makeAgentKey();
    agent = await gateway.enrol({ key, isDefault: true });
    const execute = [openid.allowInsecureRequests];
    const auth = openid.PrivateKeyJwt(key.privateKey);
    config = await openid.discovery(new URL(gateway.url), agent.agent.agentId, undefined, auth, {
      execute,
      algorithm: 'oauth2',
    });
    const publicKey = await importJWK(key.publicJwk, key.algorithm);
    if (publicKey instanceof Uint8Array) throw new Error('a symmetric key');
    DPoP = openid.getDPoPHandle(config, { privateKey: key.privateKey, publicKey });
    pinged = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.writeHead(204).end();
      hear((JSON.parse(body) as { auth_req_id: string }).auth_req_id);
    });
    pinged.listen(0, '127.0.0.1');
    await once(pinged, 'listening');
  }, 60_000);
  afterAll(async () => {
    pinged?.closeAllConnections();
    pinged?.close();
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (more: Record<string, string>) =>
    openid.initiateBackchannelAuthentication(config, {
      scope: 'openid',
      login_hint: gateway.administrator.id,
      binding_message: 'ticket 8841',
      dpop_jkt: key.thumbprint,
      ...more,
    });
  const approvalOf = (answer: openid.BackchannelAuthenticationResponse) =>
    String(answer.approval_uri).split('/').at(-1) ?? '';

  it('finds the endpoint, asks for authority, waits by polling and gets a bound token', async () => {
    expect(config.serverMetadata()).toMatchObject({
      backchannel_authentication_endpoint: `${gateway.url}/oauth/backchannel`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping'],
      backchannel_user_code_parameter_supported: false,
    });
    const limits = { upstreams: ['shop'], actions: ['shop/echo'], expiresAt: Date.now() + 600_000 };
    const details = [{ type: 'agent_delegation', purpose: 'Tidy the shop', limits }];
    const answer = await ask({ authorization_details: JSON.stringify(details), resource });
    setTimeout(() => void gateway.administrator.decide(approvalOf(answer), 'approve'), 6_000);
    const token = await openid.pollBackchannelAuthenticationGrant(config, answer, {}, { DPoP });
    expect(token.token_type.toLowerCase()).toBe('dpop');
    expect(token.authorization_details).toContainEqual(
      expect.objectContaining({ type: 'agent_delegation', delegation: expect.stringMatching(/^dlg_/) }),
    );
  });

  it('is told when to fetch the token of one call, and hears a denial as access_denied', async () => {
    const { port } = pinged.address() as AddressInfo;
    const path = `/v1/agents/${agent.agent.agentId}/notification-endpoint`;
    await gateway.operator('PUT', path, { url: `http://127.0.0.1:${port}/ciba` });
    const call = { type: 'mcp_tool_call', upstream: 'shop', tool: 'echo', arguments: { text: 'hi' } };
    const wish = {
      authorization_details: JSON.stringify([call]),
      client_notification_token: openid.randomNonce(),
    };
    const answer = await ask(wish);
    const heard = new Promise<string>((resolve) => {
      hear = resolve;
    });
    await gateway.administrator.decide(approvalOf(answer), 'approve');
    expect(await heard).toBe(answer.auth_req_id);
    const token = await openid.genericGrantRequest(
      config,
      'urn:openid:params:grant-type:ciba',
      { auth_req_id: answer.auth_req_id },
      { DPoP },
    );
    expect(token.expiresIn()).toBeGreaterThan(0);

    const other = { ...call, arguments: { text: 'ho' } };
    const denied = await ask({ ...wish, authorization_details: JSON.stringify([other]) });
    await gateway.administrator.decide(approvalOf(denied), 'deny');
    await expect(
      openid.pollBackchannelAuthenticationGrant(config, denied, {}, { DPoP }),
    ).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('hears an unknown person, and a request that is too wide, as the standard says', async () => {
    const details = JSON.stringify([{ type: 'agent_delegation', purpose: 'x', limits: {} }]);
    await expect(ask({ authorization_details: details })).rejects.toMatchObject({
      error: 'invalid_authorization_details',
    });
    const call = { type: 'mcp_tool_call', upstream: 'shop', tool: 'echo', arguments: { text: 'hi' } };
    await expect(
      ask({
        authorization_details: JSON.stringify([call]),
        login_hint: 'nobody@house.example',
        client_notification_token: openid.randomNonce(),
      }),
    ).rejects.toMatchObject({ error: 'unknown_user_id', status: 400 });
  });
});
