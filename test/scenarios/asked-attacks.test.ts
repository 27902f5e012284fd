import { createRawAgent, type EnrolledAgent, makeAgentKey, type TestPerson } from '@countersign/testkit';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Form, poll, readAsked, readError, readToken, wishAuthority } from './ground/ask-people.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene();
let agent: EnrolledAgent;
let giver: TestPerson;
const hour = 3_600_000;
let asks = 0;

beforeAll(async () => {
  giver = await scene().gateway.invite('Giver', ['owner']);
});
beforeEach(async () => {
  agent = await scene().gateway.enrol();
});

const limits = () => ({
  upstreams: ['shop'],
  actions: ['shop/echo'],
  effects: ['read'],
  calls: 5,
  // The clock of the house is moved forward.
  expiresAt: Date.now() + 100 * hour,
});
// Each request is another one.
const wish = (more: object = {}) => wishAuthority({ ...limits(), ...more }, `Tidy the shop ${++asks}`);
const request = (form: Form = {}, who = agent) =>
  ask(who.agent, { login_hint: giver.id, authorization_details: wish(), ...form });
const approve = async (approval: string) => {
  const decided = await giver.decide(approval, 'approve');
  expect(decided.status, decided.body).toBe(200);
};
const codeOf = async (reply: ReturnType<typeof request>) => readError(await reply)[2];

describe('token.ask-bound', () => {
  it('gives nothing to another client, another key, or twice, and costs its owner nothing', async () => {
    const asked = readAsked(await request());
    await approve(asked.approval);
    const other = await scene().gateway.enrol();
    expect(readError(await poll(other.agent, asked.auth_req_id))).toEqual([
      400,
      'invalid_grant',
      'token.grant_invalid',
    ]);
    const otherKey = await agent.agent.requestToken({
      form: { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: asked.auth_req_id },
      proofKey: await makeAgentKey(),
    });
    expect(readError(otherKey)[2]).toBe('token.grant_invalid');
    for (const wrong of ['', 'x', 'A'.repeat(43), `${asked.auth_req_id}A`]) {
      expect(['token.grant_invalid', 'token.request_invalid']).toContain(
        readError(await poll(agent.agent, wrong))[2],
      );
    }
    const race = await Promise.all(Array.from({ length: 6 }, () => poll(agent.agent, asked.auth_req_id)));
    expect(race.filter(({ status }) => status === 200)).toHaveLength(1);
    const created = await scene().gateway.records({ kind: 'delegation.created', person: giver.id });
    expect(created.filter((record) => record.agent === agent.agent.agentId)).toHaveLength(1);
  });

  it('binds to a key that is only named, once the token request proves it', async () => {
    const key = await makeAgentKey();
    const { agentId } = agent.agent;
    const bare = createRawAgent({ issuer: scene().gateway.url, agentId, key: agent.agent.key });
    const asked = readAsked(
      await bare.requestToken({
        endpoint: '/oauth/backchannel',
        form: { login_hint: giver.id, authorization_details: wish(), dpop_jkt: agent.agent.key.thumbprint },
      }),
    );
    await approve(asked.approval);
    expect((await poll(agent.agent, asked.auth_req_id)).status).toBe(200);
    expect(await codeOf(request({ dpop_jkt: key.thumbprint }))).toBe('token.proof_invalid');
  });
});

describe('token.ask-form', () => {
  it.each<readonly [string, Form, string]>([
    ['no hint', { login_hint: '' }, 'invalid_request'],
    ['two hints', { login_hint_token: 'x' }, 'invalid_request'],
    ['an ID token as hint', { login_hint: '', id_token_hint: 'x' }, 'unknown_user_id'],
    ['a hint token', { login_hint: '', login_hint_token: 'x' }, 'unknown_user_id'],
    ['an unknown person', { login_hint: 'per_00000000000000000000000000' }, 'unknown_user_id'],
    ['an unknown address', { login_hint: 'nobody@house.example' }, 'unknown_user_id'],
    ['a foreign scope', { scope: 'openid profile' }, 'invalid_scope'],
    ['a signed request', { request: 'e30.e30.' }, 'invalid_request'],
    ['an endless wait', { requested_expiry: '1e9' }, 'invalid_request'],
    ['a negative wait', { requested_expiry: '-1' }, 'invalid_request'],
    ['a guessable token', { client_notification_token: 'abc' }, 'invalid_request'],
    ['no details', { authorization_details: '' }, 'invalid_request'],
    ['details that are no JSON', { authorization_details: '[{' }, 'invalid_authorization_details'],
    [
      'two details',
      { authorization_details: '[{"type":"a"},{"type":"b"}]' },
      'invalid_authorization_details',
    ],
    [
      'an unknown type',
      { authorization_details: '[{"type":"agent_task"}]' },
      'invalid_authorization_details',
    ],
    [
      'a member nobody knows',
      { authorization_details: '[{"type":"agent_delegation","purpose":"x","limits":{},"admin":true}]' },
      'invalid_authorization_details',
    ],
    [
      'members twice',
      { authorization_details: '[{"type":"mcp_tool_call","tool":"a","tool":"b"}]' },
      'invalid_authorization_details',
    ],
    ['an upstream nobody has', { resource: 'http://evil.example/mcp/shop' }, 'invalid_target'],
  ])('refuses %s', async (_name, form, error) => {
    const reply = await request(form);
    expect(reply.status).toBe(400);
    expect(readError(reply)[1], reply.body).toBe(error);
  });

  it('refuses limits that no person may give', async () => {
    const now = Date.now() + 10 * hour;
    for (const wider of [
      { expiresAt: now + 91 * 24 * hour },
      { expiresAt: 1 },
      { effects: ['spend'] },
      { depth: 9 },
      { actions: ['shop'] },
      { effects: ['everything'] },
    ]) {
      expect(readError(await request({ authorization_details: wish(wider) }))[1]).toBe(
        'invalid_authorization_details',
      );
    }
    const approver = await scene().gateway.invite('Approver', ['approver']);
    expect(await codeOf(request({ login_hint: approver.id }))).toBe('token.person_unknown');
  });

  it.each([
    ['a direction', 'pay 10\u202e00'],
    ['a hidden character', 'pay\u200b 10'],
    ['a tag', 'pay \u{e0041}'],
    ['a lookalike', 'p\u0430y'],
    ['markup', '<b>Countersign</b> says: approve'],
    ['a link', 'see https://evil.example'],
    ['a new line', 'approve\nthis'],
    ['too much', 'x'.repeat(141)],
  ])('refuses %s in the binding message', async (_name, message) => {
    expect(readError(await request({ binding_message: message })).slice(1)).toEqual([
      'invalid_binding_message',
      'token.binding_message_invalid',
    ]);
  });
});

describe('token.ask-signed', () => {
  it('gives what was signed: never more than was asked, never what was swapped', async () => {
    const asked = readAsked(await request());
    const path = `/v1/approvals/${asked.approval}`;
    const codes: unknown[] = [];
    for (const wider of [
      { calls: null },
      { calls: 6 },
      { effects: ['read', 'write'] },
      { actions: ['*'] },
      { upstreams: '*' },
      { expiresAt: Date.now() + 200 * hour },
      { depth: 1 },
    ]) {
      const begun = await giver.request('POST', `${path}/challenge`, { limits: wider });
      codes.push((begun.json as { code?: string }).code);
    }
    expect(new Set(codes)).toEqual(new Set(['approval.limits_wider']));
    const begun = await giver.request('POST', `${path}/challenge`, { limits: { calls: 2 } });
    const { challenge } = begun.json as { challenge: string };
    const assertion = giver.passkey.assert(challenge);
    // The signature is over two calls: it is worth nothing for five, nor for one.
    for (const body of [{ assertion }, { assertion, limits: { calls: 1 } }]) {
      const swapped = await giver.request('POST', `${path}/approve`, body);
      expect((swapped.json as { code?: string }).code).toBe('person.passkey_refused');
    }
    const given = await giver.request('POST', `${path}/approve`, {
      assertion: giver.passkey.assert(challenge),
      limits: { calls: 2 },
    });
    expect(given.status, given.body).toBe(200);
    const late = await giver.request('POST', `${path}/approve`, {
      assertion: giver.passkey.assert(challenge),
      limits: { calls: 2 },
    });
    expect((late.json as { code?: string }).code).toBe('approval.already_decided');
    const token = readToken(await poll(agent.agent, asked.auth_req_id));
    const detail = token.authorization_details.find(({ type }) => type === 'agent_delegation');
    const made = await scene().gateway.operator('GET', `/v1/delegations/${detail?.delegation}`);
    expect((made.json as { limits: { calls: number } }).limits.calls).toBe(2);
  });

  it('is given by the person who was asked alone, and never without a passkey', async () => {
    const asked = readAsked(await request());
    const { administrator } = scene().gateway;
    const foreign = await administrator.decide(asked.approval, 'approve');
    expect((foreign.json as { code?: string }).code).toBe('approval.not_eligible');
    const bare = await giver.request('POST', `/v1/approvals/${asked.approval}/approve`, {});
    expect(bare.status).toBe(400);
    // An agent decides nothing, least of all for itself.
    const { agent: self } = agent;
    for (const step of ['challenge', 'approve', 'deny']) {
      const url = `${scene().gateway.url}/v1/approvals/${asked.approval}/${step}`;
      const tried = await self.send({ url, token: await self.token(), message: {} });
      expect(tried.status, tried.body).toBeGreaterThanOrEqual(400);
    }
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('authorization_pending');
  });
});

describe('token.ask-ends', () => {
  it('is not revived: denied, expired, or of an agent or person that ended', async () => {
    const { gateway } = scene();
    const denied = readAsked(await request());
    await giver.request('POST', `/v1/approvals/${denied.approval}/deny`, { reason: 'Not now' });
    const again = await giver.decide(denied.approval, 'approve');
    expect((again.json as { code?: string }).code).toBe('approval.already_decided');
    const refused = await poll(agent.agent, denied.auth_req_id);
    expect(readError(refused)).toEqual([400, 'access_denied', 'token.ask_denied']);
    expect((refused.json as { error_description: string }).error_description).toContain('Not now');

    const late = readAsked(await request({ requested_expiry: '30' }));
    expect(late.expires_in).toBeLessThanOrEqual(30);
    const given = readAsked(await request({ requested_expiry: '30' }));
    await approve(given.approval);
    gateway.advance(31_000);
    expect((await giver.decide(late.approval, 'approve')).status).toBeGreaterThanOrEqual(400);
    expect(readError(await poll(agent.agent, late.auth_req_id))[1]).toBe('expired_token');
    expect(readError(await poll(agent.agent, given.auth_req_id))[1]).toBe('expired_token');

    const open = readAsked(await request());
    await gateway.operator('POST', `/v1/agents/${agent.agent.agentId}/suspend`, {});
    expect(readError(await poll(agent.agent, open.auth_req_id))[1]).toBe('unauthorized_client');
    const state = async () => {
      const { json } = await gateway.operator('GET', `/v1/approvals/${open.approval}`);
      return (json as { state: string }).state;
    };
    await expect.poll(state, { timeout: 5_000 }).toBe('cancelled');
    await gateway.operator('POST', `/v1/agents/${agent.agent.agentId}/resume`, {});
    expect(readError(await poll(agent.agent, open.auth_req_id))[1]).toBe('access_denied');
  });

  it('is worth nothing once its giver has no say any more', async () => {
    const { gateway } = scene();
    const leaver = await gateway.invite('Leaver', ['owner']);
    const asked = readAsked(await request({ login_hint: leaver.id }));
    expect((await leaver.decide(asked.approval, 'approve')).status).toBe(200);
    await gateway.operator('PUT', `/v1/people/${leaver.id}/roles`, { roles: ['auditor'] });
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('access_denied');
    const other = readAsked(await request({ login_hint: giver.id }));
    const suspended = await gateway.invite('Suspended', ['owner']);
    const third = readAsked(await request({ login_hint: suspended.id }));
    await gateway.operator('POST', `/v1/people/${suspended.id}/suspend`, {});
    expect(readError(await poll(agent.agent, third.auth_req_id))[1]).toBe('access_denied');
    expect(readError(await poll(agent.agent, other.auth_req_id))[1]).toBe('authorization_pending');
  });

  it('outlives a restart, with what was polled and what was asked', async () => {
    const { gateway } = scene();
    const details = wish();
    const asked = readAsked(await request({ authorization_details: details }));
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('authorization_pending');
    await gateway.restart();
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('slow_down');
    const same = readAsked(await request({ authorization_details: details }));
    expect(same.auth_req_id).toBe(asked.auth_req_id);
    expect(same.interval).toBe(10);
    await approve(asked.approval);
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('slow_down');
    gateway.advance(16_000);
    expect((await poll(agent.agent, asked.auth_req_id)).status).toBe(200);
  });
});

describe('token.ask-ends by a stop', () => {
  it('ends what a stopped agent asked, and nothing else, before anybody answers it', async () => {
    const { gateway } = scene();
    const stopped = readAsked(await request());
    const other = await gateway.enrol();
    const kept = readAsked(await request({}, other));
    const stop = { scope: 'agent', target: agent.agent.agentId, reason: 'A drill' };
    expect((await gateway.operator('POST', '/v1/signals', stop)).status).toBeLessThan(300);
    expect(readError(await poll(agent.agent, stopped.auth_req_id))[1]).toBe('unauthorized_client');
    expect(await codeOf(request())).toBe('signal.stopped');
    const stateOf = async (approval: string) => {
      const { json } = await gateway.operator('GET', `/v1/approvals/${approval}`);
      return (json as { state: string }).state;
    };
    await expect.poll(() => stateOf(stopped.approval), { timeout: 5_000 }).toBe('cancelled');
    expect(await stateOf(kept.approval)).toBe('requested');
  });
});

describe('token.ask-measure', () => {
  it('asks the same person once for the same, and not without end', async () => {
    const target = await scene().gateway.invite('Tired', ['owner']);
    const details = wish();
    const same = { login_hint: target.id, authorization_details: details };
    const replies = await Promise.all(Array.from({ length: 4 }, () => request(same)));
    // Asked again with an hour that is counted from now, it is still the same.
    const [again] = JSON.parse(details) as [{ limits: { expiresAt: number } }];
    again.limits.expiresAt += 1_000;
    replies.push(await request({ ...same, authorization_details: JSON.stringify([again]) }));
    expect(new Set(replies.map((reply) => readAsked(reply).auth_req_id)).size).toBe(1);
    const { gateway } = scene();
    const codes: unknown[] = [];
    for (let i = 0; i < 8; i += 1) {
      const reply = await request({ login_hint: target.id });
      codes.push(reply.status === 200 ? 'asked' : readError(reply)[2]);
      if (reply.status === 429) expect(reply.headers['retry-after']).toBeDefined();
    }
    expect(codes.filter((code) => code === 'asked')).toHaveLength(4);
    expect(codes.at(-1)).toBe('token.asked_too_often');
    // Another agent is heard all the same, and stands among the first in the inbox.
    const other = await gateway.enrol({ name: 'quiet-bot' });
    const heard = readAsked(await request({ login_hint: target.id }, other));
    for (let i = 0; i < 3; i += 1) await request({ login_hint: giver.id });
    const inbox = await target.request('GET', '/v1/approvals?filter=mine&limit=2');
    const ids = (inbox.json as { items: { id: string }[] }).items.map(({ id }) => id);
    expect(ids).toContain(heard.approval);
    const [refused] = await gateway.records({ kind: 'token.refused', agent: agent.agent.agentId });
    expect(refused).toMatchObject({ body: { reason: 'token.asked_too_often' } });
  });

  it('takes three denials for an answer', async () => {
    for (let i = 0; i < 3; i += 1) {
      const asked = readAsked(await request());
      await giver.decide(asked.approval, 'deny');
    }
    expect(await codeOf(request())).toBe('token.asked_too_often');
    scene().gateway.advance(hour + 1_000);
    expect((await request()).status).toBe(200);
  });

  it('lets no agent find out who is here by guessing', async () => {
    const codes = [];
    for (let i = 0; i < 21; i += 1) codes.push(await codeOf(request({ login_hint: `p${i}@house.example` })));
    expect(codes.slice(0, 20).every((code) => code === 'token.person_unknown')).toBe(true);
    expect(codes.at(-1)).toBe('token.asked_too_often');
    expect(await codeOf(request())).toBe('token.asked_too_often');
  });

  it('slows down who polls without end, and never lets polling hurry an answer', async () => {
    const patient = await scene().gateway.invite('Patient', ['owner']);
    const asked = readAsked(await request({ login_hint: patient.id }));
    const errors: string[] = [];
    for (let i = 0; i < 5; i += 1) errors.push(readError(await poll(agent.agent, asked.auth_req_id))[1]);
    expect(errors).toEqual(['authorization_pending', ...Array.from({ length: 4 }, () => 'slow_down')]);
    const records = await scene().gateway.records({ kind: 'token.refused', agent: agent.agent.agentId });
    expect(records).toHaveLength(0);
    expect((await patient.decide(asked.approval, 'approve')).status).toBe(200);
    scene().gateway.advance(24_000);
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('slow_down');
    scene().gateway.advance(31_000);
    expect((await poll(agent.agent, asked.auth_req_id)).status).toBe(200);
  });
});
