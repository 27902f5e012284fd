import { Agent } from '@countersign/sdk';
import { type EnrolledAgent, type PeerAgent, type RawAgent, startPeerAgent } from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { exchange, passOn, readExchanged, registerAgent } from './ground/enrol-chain.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';

const POLICY = `${PERMIT_ALL}
@id("nothing-out") forbid (principal, action == Countersign::Action::"shop/pay", resource)
when { context.task.labels.trust == "untrusted" && context.args.to == "out" };`;

const scene = useScene({ policy: POLICY });
const header = 'countersign-task';
let peer: PeerAgent;
let clerk: RawAgent;

beforeAll(async () => {
  const { gateway } = scene();
  peer = await startPeerAgent();
  clerk = await registerAgent(gateway, 'clerk');
  await gateway.addUpstream('clerk', { peer: { url: peer.url, agent: clerk.agentId } });
  const spends = { effects: ['write', 'spend'], dataDomain: 'payments' };
  const amounts = { amountPointer: '/amount', amountCurrency: '/currency' };
  const path = '/v1/upstreams/shop/tools/pay/classification';
  requireDone(await gateway.operator('PUT', path, { ...spends, ...amounts }));
  // Else its answer alone would taint whoever it answers.
  const resultLabels = { trust: 'trusted', sensitivity: 'public', audience: 'anyone', fields: [] };
  const own = { effects: ['read'], dataDomain: 'clerk', resultLabels };
  const message = '/v1/upstreams/clerk/tools/message/classification';
  requireDone(await gateway.operator('PUT', message, own));
});
afterAll(() => peer.close());

const message = (text: string) => ({
  ...{ jsonrpc: '2.0', id: 1, method: 'SendMessage' },
  params: { message: { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text }] } },
});
const headers = { 'a2a-version': '1.0', 'content-type': 'application/json' };

/** A message through the gateway, and what the one it went to was given beside it. */
async function tell({ agent, token }: EnrolledAgent, text: string): Promise<string | undefined> {
  const url = `${scene().gateway.url}/a2a/clerk`;
  const reply = await agent.send({ url, token, message: message(text), headers });
  expect(reply.status, reply.body).toBe(200);
  const given = peer.asked.find((question) => question.text === text)?.headers[header];
  expect(given === undefined || !reply.body.includes(String(given))).toBe(true);
  return given as string | undefined;
}

/** An agent that has passed a part of what it may on to the clerk. */
async function enrolGiver(name: string, limits: object = {}): Promise<EnrolledAgent> {
  const { gateway } = scene();
  const giver = await gateway.enrol({ name, limits: { depth: 1, ...limits } });
  requireDone(await passOn(gateway, giver.agent, clerk, { parentId: giver.delegation }));
  return giver;
}

/** The clerk at work for whoever sent it a message. */
async function help(given: string | undefined) {
  const { token, task } = readExchanged(await exchange(clerk, given ?? '', { audience: 'shop' }));
  const helper = { agent: clerk, delegation: '', task, token, renew: async () => token };
  return createCaller(helper, scene().url);
}

const pay = (to: string, amount: number) => ['pay', { to, amount, currency: 'EUR' }] as const;

describe('an agent that another one called through the gateway', () => {
  it('peer.handed-over: may help with the caller’s task, under the whole chain', async () => {
    const giver = await enrolGiver('giver');
    const given = await tell(giver, 'please help');
    const claims = decodeJwt(given ?? '');
    expect(claims).toMatchObject({
      aud: [`${scene().gateway.url}/oauth/token`],
      may_act: { sub: clerk.agentId },
      task: giver.task,
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(120);
    const worker = await help(given);
    expect(isResult(await worker.call('echo', { text: 'for the giver' }))).toBe(true);
    expect(decodeJwt(worker.token)).toMatchObject({ sub: giver.agent.agentId, act: { sub: clerk.agentId } });
    const issued = await scene().gateway.records({ kind: 'token.issued', task: giver.task });
    expect(issued.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ use: 'hand_over', to: clerk.agentId }),
    );
    requireDone(await giver.agent.endTask(giver.task));
    expect(isResult(await worker.call('echo', { text: 'too late' }))).toBe(false);
  });

  it('peer.labels-cross: is held to what the caller has read, and the caller to what it reads', async () => {
    const giver = await enrolGiver('reader');
    const worker = await help(await tell(await enrolGiver('clean'), 'nothing read'));
    expect(isResult(await worker.call(...pay('out', 1)))).toBe(true);
    const own = createCaller(giver, scene().url);
    expect(isResult(await own.call('echo', { text: 'what a stranger wrote' }))).toBe(true);
    const tainted = await help(await tell(giver, 'something read'));
    expect(readRefusal(await tainted.call(...pay('out', 1)))).toBe('action.denied');
    expect(isResult(await tainted.call(...pay('home', 1)))).toBe(true);
    // The other way round, and after it was handed over.
    const second = await enrolGiver('second');
    const reads = await help(await tell(second, 'read for me'));
    expect(isResult(await reads.call('echo', { text: 'what a stranger wrote' }))).toBe(true);
    expect(readRefusal(await createCaller(second, scene().url).call(...pay('out', 1)))).toBe('action.denied');
  });

  it('peer.budget-crosses: spends the caller’s budget, and not one cent more', async () => {
    const giver = await enrolGiver('payer', { spendMinor: 1000, currency: 'EUR' });
    const own = createCaller(giver, scene().url);
    expect(isResult(await own.call(...pay('home', 600)))).toBe(true);
    const worker = await help(await tell(giver, 'pay the rest'));
    expect(readRefusal(await worker.call(...pay('home', 500)))).toBe('task.budget_spent');
    expect(isResult(await worker.call(...pay('home', 400)))).toBe(true);
    expect(readRefusal(await own.call(...pay('home', 1)))).toBe('task.budget_spent');
  });

  it('peer.handed-over: the SDK takes it from the request', async () => {
    const given = await tell(await enrolGiver('sdk'), 'take it over');
    const agent = await Agent.create({
      url: scene().gateway.url,
      agentId: clerk.agentId,
      key: clerk.key.privateJwk,
    });
    const request = new Request('https://clerk.example/', { headers: { [header]: given ?? '' } });
    await using task = await agent.helpWith(request);
    expect(task.facts.parentTaskId).toBeDefined();
  });

  it('peer.handed-over: what was handed over is of use to nobody else, and for nothing else', async () => {
    const { gateway, url } = scene();
    const giver = await enrolGiver('careful');
    const given = (await tell(giver, 'for the clerk alone')) ?? '';
    const stranger = await registerAgent(gateway, 'stranger');
    requireDone(await passOn(gateway, giver.agent, stranger, { parentId: giver.delegation }));
    expect((await exchange(stranger, given)).json).toMatchObject({ error: 'unauthorized_client' });
    // Its own key shows it at every door.
    expect(isResult(await createCaller({ ...giver, token: given }, url).call('echo', { text: 'x' }))).toBe(
      false,
    );
    const [head = '', , signature = ''] = given.split('.');
    const forged = { ...decodeJwt(given), may_act: { sub: stranger.agentId } };
    const middle = Buffer.from(JSON.stringify(forged)).toString('base64url');
    expect((await exchange(stranger, `${head}.${middle}.${signature}`)).status).toBe(400);
  });

  it('peer.handed-over: nothing is handed over where nothing was passed on', async () => {
    expect(await tell(await scene().gateway.enrol({ name: 'alone' }), 'no help wanted')).toBeUndefined();
  });
});
