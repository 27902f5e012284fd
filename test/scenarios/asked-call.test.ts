import {
  type EnrolledAgent,
  type HttpReply,
  makeAgentKey,
  PLAIN_TOOLS,
  startPlainUpstream,
  toolCall,
} from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, poll, readAsked, readError, readToken, wishCall } from './ground/ask-people.ts';

import { useScene } from './ground/use-scene.ts';

const POLICY = `
@id("all")
permit (principal, action, resource);

@id("ask-before-pay")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action in Countersign::Action::"effect:spend", resource);

@id("no-refunds")
forbid (principal, action, resource == Countersign::Tool::"shop/refund");
`;
const TOOLS = [...PLAIN_TOOLS, ...PLAIN_TOOLS.slice(1).map((tool) => ({ ...tool, name: 'refund' }))];
const PAYMENT = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };

const scene = useScene({ upstream: () => startPlainUpstream({ tools: TOOLS }), policy: POLICY });
let agent: EnrolledAgent;

beforeAll(async () => {
  const { gateway } = scene();
  const spend = {
    effects: ['spend'],
    dataDomain: 'shop',
    amountPointer: '/amount',
    amountCurrency: '/currency',
  };
  await gateway.operator('PUT', '/v1/upstreams/shop/tools/pay/classification', spend);
});

// One agent asks one person only so often.
const enrol = async () => {
  agent = await scene().gateway.enrol({ isDefault: true });
};

const call = (token: string, tool: string, args: object): Promise<HttpReply> => {
  const { message, headers } = toolCall(tool, args);
  return agent.agent.send({ url: scene().url, token, message, headers });
};
const askFor = (tool: string, args: object, more: object = {}) =>
  ask(agent.agent, {
    login_hint: scene().gateway.administrator.id,
    authorization_details: wishCall({ upstream: 'shop', tool, arguments: args, ...more }),
  });
const paid = () => scene().upstream.journal.calls('pay').length;
const readCode = (reply: HttpReply) => /"code":"([a-z_]+\.[a-z_]+)"/.exec(reply.body)?.[1];

/** A token for exactly this call, which a person has let happen. */
async function obtain(tool: string, args: object): Promise<string> {
  const asked = readAsked(await askFor(tool, args));
  const decided = await scene().gateway.administrator.decide(asked.approval, 'approve');
  expect(decided.status, decided.body).toBe(200);
  return readToken(await poll(agent.agent, asked.auth_req_id)).access_token;
}

describe('token.asked-call', () => {
  it('is asked of whom policy demands, and the token is good for exactly that call, once', async () => {
    await enrol();
    const { gateway } = scene();
    const before = paid();
    const token = await obtain('pay', PAYMENT);
    expect(paid()).toBe(before);
    expect(readCode(await call(token, 'pay', { ...PAYMENT, amount: 1201 }))).toBe('token.call_mismatch');
    expect(readCode(await call(token, 'echo', { text: 'hi' }))).toBe('token.call_mismatch');
    const { message, headers } = { message: { jsonrpc: '2.0', id: 1, method: 'tools/list' }, headers: {} };
    expect((await agent.agent.send({ url: scene().url, token, message, headers })).body).not.toContain(
      '"tools"',
    );
    expect(paid()).toBe(before);
    const replies = await Promise.all(Array.from({ length: 6 }, () => call(token, 'pay', PAYMENT)));
    expect(paid()).toBe(before + 1);
    expect(replies.filter((reply) => readCode(reply) === undefined)).toHaveLength(1);
    expect(readCode(await call(token, 'pay', PAYMENT))).toBe('token.call_used');
    await gateway.restart();
    expect(readCode(await call(token, 'pay', PAYMENT))).toBe('token.call_used');
    expect(paid()).toBe(before + 1);
    const [release] = await gateway.records({ kind: 'action.release', agent: agent.agent.agentId });
    expect(release).toMatchObject({ tool: 'pay' });
  });

  it('is asked of the person who was named where policy asks nobody', async () => {
    await enrol();
    const token = await obtain('echo', { text: 'once' });
    const called = await call(token, 'echo', { text: 'once' });
    expect(readCode(called)).toBeUndefined();
    expect(readCode(await call(token, 'echo', { text: 'once' }))).toBe('token.call_used');
  });

  it('is refused at once where policy denies, and nobody is bothered', async () => {
    await enrol();
    const { gateway } = scene();
    const asked = await askFor('refund', PAYMENT);
    expect(readError(asked)).toEqual([403, 'access_denied', 'action.denied']);
    expect(await gateway.records({ kind: 'approval.requested', agent: agent.agent.agentId })).toHaveLength(0);
    const unknown = await askFor('nothing', {});
    expect(readError(unknown)).toEqual([400, 'invalid_authorization_details', 'action.tool_unknown']);
    const wrong = await askFor('pay', { to: 1 });
    expect(readError(wrong)).toEqual([400, 'invalid_authorization_details', 'action.arguments_invalid']);
    const foreign = await askFor('pay', PAYMENT, { delegation: 'dlg_00000000000000000000000000' });
    expect(foreign.status).toBe(400);
  });

  it('is worth nothing with another key, nor once the agent, the task or the approval has ended', async () => {
    await enrol();
    const { gateway } = scene();
    const before = paid();
    const token = await obtain('pay', PAYMENT);
    const { message, headers } = toolCall('pay', PAYMENT);
    const stolen = await agent.agent.send({
      url: scene().url,
      token,
      message,
      headers,
      proofKey: await makeAgentKey(),
    });
    expect(stolen.status).toBe(401);
    gateway.advance(301_000);
    const late = await call(token, 'pay', PAYMENT);
    expect(['token.expired', 'task.not_open', 'approval.expired']).toContain(
      readCode(late) ?? (late.json as { code?: string }).code,
    );
    expect(paid()).toBe(before);
  });

  it('is decided again under the policy in force when the call comes', async () => {
    await enrol();
    const { gateway } = scene();
    const before = paid();
    const token = await obtain('pay', PAYMENT);
    const stricter = POLICY.replace('quorum=1', 'quorum=2');
    expect((await gateway.activatePolicy(stricter)).status).toBeLessThan(300);
    const asked = await call(token, 'pay', PAYMENT);
    expect(asked.body).toContain('PENDING apr_');
    expect(paid()).toBe(before);
    expect((await gateway.activatePolicy(POLICY)).status).toBeLessThan(300);
  });

  it('is not opened by the approval that somebody denies, and tells the agent why', async () => {
    await enrol();
    const { gateway } = scene();
    const asked = readAsked(await askFor('pay', PAYMENT));
    const { administrator } = gateway;
    await administrator.request('POST', `/v1/approvals/${asked.approval}/deny`, {
      reason: 'Nö, "wrong" account',
    });
    const refused = await poll(agent.agent, asked.auth_req_id);
    expect(readError(refused)).toEqual([400, 'access_denied', 'token.ask_denied']);
    const { error_description: said } = refused.json as { error_description: string };
    expect(said).toContain("N , 'wrong' account");
    gateway.advance(1_000_000);
    expect(readError(await poll(agent.agent, asked.auth_req_id))[1]).toBe('access_denied');
    await expect
      .poll(async () => (await gateway.records({ kind: 'task.ended', agent: agent.agent.agentId })).length, {
        timeout: 5_000,
      })
      .toBeGreaterThan(0);
  });
});
