import { type EnrolledAgent, type TestPerson, toolCall } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, poll, readAsked, readError, readToken, wishAuthority } from './ground/ask-people.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene();
let agent: EnrolledAgent;
let giver: TestPerson;
const hour = 3_600_000;

beforeAll(async () => {
  agent = await scene().gateway.enrol({ limits: { actions: ['shop/nothing'] } });
  giver = await scene().gateway.invite('Giver', ['owner']);
});

const wish = (limits: object = {}) =>
  wishAuthority({
    upstreams: ['shop'],
    actions: ['shop/echo', 'shop/pay'],
    effects: ['read', 'write'],
    calls: 5,
    expiresAt: Date.now() + hour,
    ...limits,
  });

const echo = (token: string, tool = 'echo') => {
  const { message, headers } = toolCall(tool, { text: 'hi' });
  return agent.agent.send({ url: scene().url, token, message, headers });
};

describe('token.asked-authority', () => {
  it('is shown, given with a passkey, fetched once, and works within what was signed', async () => {
    const { gateway } = scene();
    const asked = readAsked(
      await ask(agent.agent, {
        login_hint: giver.id,
        authorization_details: wish(),
        binding_message: 'ticket 8841',
      }),
    );
    expect(asked).toMatchObject({ interval: 5 });
    expect(asked.expires_in).toBeGreaterThan(290);
    expect(Buffer.from(asked.auth_req_id, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(readError(await poll(agent.agent, asked.auth_req_id))).toEqual([
      400,
      'authorization_pending',
      'token.authorization_pending',
    ]);
    const decided = await giver.decide(asked.approval, 'approve');
    expect(decided.status, decided.body).toBe(200);
    gateway.advance(6_000);
    const token = readToken(await poll(agent.agent, asked.auth_req_id));
    const given = token.authorization_details.find(({ type }) => type === 'agent_delegation');
    expect(token.token_type).toBe('DPoP');
    const called = await echo(token.access_token);
    expect(called.status, called.body).toBe(200);
    expect(called.body).not.toContain('refusal');
    expect(readError(await poll(agent.agent, asked.auth_req_id))).toEqual([
      400,
      'invalid_grant',
      'token.grant_invalid',
    ]);
    // From the delegation back to the request, each record names what it follows from.
    const kinds: string[] = [];
    let [at] = await gateway.records({ kind: 'delegation.created', agent: agent.agent.agentId });
    const all = await gateway.records({ agent: agent.agent.agentId });
    while (at !== undefined) {
      kinds.push(at.kind);
      const causes: readonly string[] = at.causes;
      at = all.find(({ id, kind }) => causes.includes(id) && kind !== 'agent.registered');
    }
    expect(kinds.slice(0, 2)).toEqual(['delegation.created', 'approval.granted']);
    expect(kinds.slice(-2)).toEqual(['approval.requested', 'token.asked']);
    const [created] = await gateway.records({ kind: 'delegation.created', agent: agent.agent.agentId });
    expect(created).toMatchObject({ person: giver.id, chain: [given?.delegation] });
  });
});
