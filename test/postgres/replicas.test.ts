import {
  makeAgentKey,
  makeClientAssertion,
  type Replicas,
  startReplicas,
  type TestPerson,
  trustOrganisation,
} from '@countersign/testkit';
import {
  type CryptoKey,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from '../scenarios/ground/create-caller.ts';
import { startWaitingUpstream, type WaitingUpstream } from '../scenarios/ground/start-waiting-upstream.ts';
import { requireDone } from '../scenarios/ground/use-scene.ts';

const PATIENCE = { patienceMilliseconds: 15_000 };
/** So long something may take on a machine that does other things, too. */
const SOON = { timeout: 15_000 };
/** Where things are changed, and where the agent calls. */
const A = 0;
const B = 1;

let house: Replicas;
let upstream: WaitingUpstream;
let url: string;

beforeAll(async () => {
  upstream = await startWaitingUpstream();
  house = await startReplicas({ count: 2 });
  house.at(A);
  url = await house.addUpstream('shop', { url: upstream.url });
  requireDone(await house.activatePolicy('permit (principal, action, resource);'));
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await upstream?.close();
});

/** An agent that calls at B. */
async function enrol(owner?: TestPerson): Promise<Caller> {
  house.at(B);
  const enrolled = await house.enrol(owner === undefined ? {} : { owner });
  return createCaller(enrolled, url);
}

async function callAt(gateway: number, caller: Caller, tool: string, args: object) {
  house.at(gateway);
  return caller.call(tool, args, PATIENCE);
}

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The word of an organisation for an agent, for a minute. */
function makeJag(key: CryptoKey | Uint8Array, clientId: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'https://id.north.example', sub: 'user-1', aud: house.url, client_id: clientId };
  return new SignJWT({ ...claims, jti: 'jag-1', iat: now, exp: now + 60, resource: url })
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-id-jag+jwt' })
    .sign(key);
}

/** A call that goes on at B until it is cut; resolves once it is there. */
async function wait(caller: Caller): Promise<{ readonly reply: ReturnType<Caller['call']> }> {
  const before = upstream.journal.calls('wait').length;
  const reply = callAt(B, caller, 'wait', {});
  await expect.poll(() => upstream.journal.calls('wait').length, SOON).toBe(before + 1);
  return { reply };
}

type End = readonly [what: string, end: (one: Caller) => readonly ['POST', string, object], refusal: string];

describe('signal.bus-cuts-elsewhere', () => {
  it.each<End>([
    [
      'token',
      (one: Caller) => ['POST', `/v1/tokens/${decodeJwt(one.token).jti}/revoke`, {}],
      'token.revoked',
    ],
    ['task', (one: Caller) => ['POST', `/v1/tasks/${one.task}/end`, {}], 'task.not_open'],
    [
      'delegation',
      (one: Caller) => ['POST', `/v1/delegations/${one.delegation}/revoke`, {}],
      'task.not_open',
    ],
    [
      'agent',
      (one: Caller) => ['POST', `/v1/agents/${one.agentId}/suspend`, { reason: 'No' }],
      'agent.not_active',
    ],
  ])('%s: what one gateway ends is cut at the other', async (_what, describeEnd, refusal) => {
    const caller = await enrol();
    const { reply } = await wait(caller);
    house.at(A);
    const [method, path, body] = describeEnd(caller);
    requireDone(await house.operator(method, path, body));
    expect(isResult(await reply)).toBe(false);
    expect(readRefusal(await callAt(B, caller, 'echo', { text: 'again' }))).toBe(refusal);
  });

  it('offboarding: a person who is suspended at one gateway has no agent that acts at another', async () => {
    house.at(A);
    const owner = await house.invite('Somebody with an agent', ['owner']);
    const caller = await enrol(owner);
    const { reply } = await wait(caller);
    house.at(A);
    requireDone(await house.operator('POST', `/v1/people/${owner.id}/suspend`, { reason: 'Left' }));
    expect(isResult(await reply)).toBe(false);
    expect(readRefusal(await callAt(B, caller, 'echo', { text: 'again' }))).toBe('agent.not_active');
  });
});

describe('policy.activated-everywhere', () => {
  it('is in force at the other gateway, whichever was activated last', async () => {
    const caller = await enrol();
    for (const [text, allowed] of [
      ['permit (principal, action, resource) when { false };', false],
      ['permit (principal, action, resource);', true],
      ['forbid (principal, action, resource);', false],
      ['permit (principal, action, resource);', true],
    ] as const) {
      house.at(A);
      requireDone(await house.activatePolicy(text));
      const { policies } = house.servers[A]?.context ?? {};
      await expect.poll(() => house.servers[B]?.context.policies.version, SOON).toBe(policies?.version);
      expect(isResult(await callAt(B, caller, 'echo', { text: 'x' }))).toBe(allowed);
    }
  });

  it('is the same everywhere after both activated at the same moment', async () => {
    const texts = [
      'permit (principal, action, resource);',
      'permit (principal, action, resource) when { true };',
    ];
    for (let round = 0; round < 3; round += 1) {
      house.next([A, B]);
      for (const reply of await Promise.all(texts.map((text) => house.activatePolicy(text))))
        requireDone(reply);
      const versions = () => house.servers.map(({ context }) => context.policies.version);
      await expect.poll(() => new Set(versions()).size, SOON).toBe(1);
    }
  });
});

describe('approval.released-elsewhere', () => {
  it('lets the call that waits at one gateway go once it was granted at another, once', async () => {
    house.at(A);
    requireDone(await house.activatePolicy(ASK_BEFORE_PAY));
    const { context } = house.servers[B] ?? {};
    await expect.poll(() => context?.policies.version, SOON).toBe(house.servers[A]?.context.policies.version);
    const caller = await enrol();
    const approval = readAsked(await callAt(B, caller, 'pay', PAYMENT));
    const woken = new Promise<void>((resolve) => void context?.approvals.onChange(approval, resolve));
    house.at(A);
    requireDone(await house.administrator.decide(approval, 'approve'));
    await woken;
    await expect.poll(() => context?.approvals.find(approval)?.state, SOON).toBe('approved');
    const before = upstream.journal.calls('pay').length;
    expect(isResult(await callAt(B, caller, 'pay', PAYMENT))).toBe(true);
    expect(upstream.journal.calls('pay')).toHaveLength(before + 1);
    // The same again is another question, at whichever gateway.
    for (const gateway of [A, B])
      expect(readAsked(await callAt(gateway, caller, 'pay', PAYMENT))).not.toBe(approval);
    expect(upstream.journal.calls('pay')).toHaveLength(before + 1);
  });

  it('counts one decision of a person, however many gateways get it at the same moment', async () => {
    const caller = await enrol();
    const approval = readAsked(await callAt(B, caller, 'pay', { ...PAYMENT, amount: 7 }));
    house.next([A, B, A, B]);
    const denials = Array.from({ length: 4 }, () => house.administrator.decide(approval, 'deny'));
    const replies = await Promise.all(denials);
    expect(replies.filter(({ status }) => status < 300)).toHaveLength(1);
    house.at(A);
    expect(await house.records({ approval, kind: 'approval.denied' })).toHaveLength(1);
  });

  it('spends an approval once, also when the same call comes at both at the same moment', async () => {
    const caller = await enrol();
    const payment = { ...PAYMENT, amount: 8 };
    const approval = readAsked(await callAt(B, caller, 'pay', payment));
    house.at(A);
    requireDone(await house.administrator.decide(approval, 'approve'));
    const { context } = house.servers[B] ?? {};
    await expect.poll(() => context?.approvals.find(approval)?.state, SOON).toBe('approved');
    const before = upstream.journal.calls('pay').length;
    house.next([A, B, A, B]);
    await Promise.all(Array.from({ length: 4 }, () => caller.call('pay', payment, PATIENCE)));
    for (const gateway of [A, B]) await callAt(gateway, caller, 'pay', payment);
    expect(upstream.journal.calls('pay')).toHaveLength(before + 1);
    expect(await house.records({ approval, kind: 'action.release' })).toHaveLength(1);
  });
});

describe('token.same-everywhere', () => {
  it('signs and verifies at once with keys that were rotated elsewhere', async () => {
    house.at(A);
    requireDone(await house.activatePolicy('permit (principal, action, resource);'));
    requireDone(await house.operator('POST', '/v1/tokens/keys/rotate', {}));
    const kid = house.servers[A]?.context.tokens.signingKeys.current().kid;
    await expect.poll(() => house.servers[B]?.context.tokens.signingKeys.current().kid, SOON).toBe(kid);
    const caller = await enrol();
    expect(decodeProtectedHeader(caller.token).kid).toBe(kid);
    expect(isResult(await callAt(A, caller, 'echo', { text: 'x' }))).toBe(true);
  });

  it('shows the status list of a token that another gateway has issued', async () => {
    const caller = await enrol();
    const { status } = decodeJwt<{ status: { status_list: { uri: string } } }>(caller.token);
    house.at(A);
    const list = await fetch(status.status_list.uri, { headers: { connection: 'close' } });
    expect(list.status).toBe(200);
    const keys = house.servers[B]?.context.tokens.signingKeys.publish(Date.now()) as never;
    const { payload } = await jwtVerify(await list.text(), createLocalJWKSet(keys), {
      typ: 'statuslist+jwt',
    });
    expect(payload.sub).toBe(status.status_list.uri);
  });
});

describe('token.used-once-everywhere', () => {
  it('takes an assertion of a client at one gateway alone', async () => {
    const { agent } = await enrol();
    const made = { key: agent.key, clientId: agent.agentId, audience: house.url };
    const assertion = await makeClientAssertion(made);
    const askAt = async (gateway: number) => {
      house.at(gateway);
      return (await agent.requestToken({ assertion })).status;
    };
    // Each gateway demands a nonce of its own, before it looks at the assertion.
    expect([await askAt(A), await askAt(B), await askAt(A)]).toEqual([200, 401, 401]);
  });

  it('lets a person begin at one gateway and sign at another, once', async () => {
    const { administrator } = house;
    house.at(A);
    const begun = requireDone<{ challenge: string }>(
      await administrator.request('POST', '/v1/people/sign-in/begin'),
    );
    const assertion = administrator.passkey.assert(begun.challenge);
    house.next([A, B, A, B]);
    const finish = () => administrator.request('POST', '/v1/people/sign-in/finish', assertion);
    const replies = await Promise.all(Array.from({ length: 4 }, finish));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 403, 403, 403]);
  });
});

describe('secret.same-everywhere', () => {
  it('loses no change that two gateways make at the same moment, and uses each at both', async () => {
    house.next(Array.from({ length: 8 }, (_, number) => number % 2));
    await Promise.all(
      Array.from({ length: 8 }, (_, number) => house.storeSecret(`key-${number}`, `value-${number}-long`)),
    );
    for (const { context } of house.servers)
      for (let number = 0; number < 8; number += 1)
        await expect
          .poll(
            () =>
              context.secrets.get(`key-${number}`).then(
                ({ value }) => value,
                () => 'none',
              ),
            SOON,
          )
          .toBe(`value-${number}-long`);
    house.at(B);
    await house.storeSecret('key-0', 'another-value-0');
    await expect
      .poll(async () => (await house.servers[A]?.context.secrets.get('key-0'))?.value, SOON)
      .toBe('another-value-0');
  });
});

describe('organisation.cut-off-everywhere', () => {
  it('keeps out at one gateway whom another has cut off, and lets them in again', async () => {
    const north = await makeAgentKey();
    house.at(A);
    const visitor = createCaller(await house.enrol({ isDefault: true }), url);
    const terms = {
      name: 'north',
      issuers: [{ issuer: 'https://id.north.example', keys: [north.publicJwk] }],
      ceiling: { upstreams: ['shop'], actions: ['shop/echo', 'shop/wait'], environments: ['development'] },
      agents: [visitor.agentId],
    };
    await trustOrganisation(house, terms);
    const { context } = house.servers[B] ?? {};
    await expect
      .poll(() => context?.organisations.findByIssuer('https://id.north.example')?.name, SOON)
      .toBe('north');
    const assertion = await makeJag(north.privateKey, visitor.agentId);
    const visit = async (gateway: number) => {
      house.at(gateway);
      return visitor.agent.requestToken({ form: { grant_type: jwtBearer, assertion }, resource: [url] });
    };
    const { access_token: token } = requireDone<{ access_token: string }>(await visit(B));
    // Its word counts once, wherever it is shown.
    for (const gateway of [A, B]) expect((await visit(gateway)).status).toBe(400);
    const caller = createCaller({ ...visitor, token }, url);
    const { reply } = await wait(caller);
    house.at(A);
    requireDone(await house.operator('POST', '/v1/organisations/north/cut-off', { reason: 'No more' }));
    expect(isResult(await reply)).toBe(false);
    expect(context?.organisations.findByIssuer('https://id.north.example')?.state).toBe('cut_off');
    expect(isResult(await callAt(B, caller, 'echo', { text: 'x' }))).toBe(false);
    house.at(A);
    await trustOrganisation(house, terms);
    await expect.poll(() => context?.organisations.list()[0]?.state, SOON).toBe('active');
    expect(context?.stops.isStopped('agent', visitor.agentId)).toBe(false);
  });
});

describe('jobs.once', () => {
  it('are at one gateway, and at another within seconds of its end', async () => {
    const here = () => house.servers.filter(({ context }) => context.jobs.areHere).length;
    await expect.poll(here, SOON).toBe(1);
    const third = await house.add();
    expect(third.context.jobs.areHere).toBe(false);
    await expect.poll(here, SOON).toBe(1);
    await third.stop();
  });
});
