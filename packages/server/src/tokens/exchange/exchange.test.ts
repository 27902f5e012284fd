import type { Limits } from '@countersign/core';
import {
  type AgentKey,
  createManualClock,
  makeAgentKey,
  makeClientAssertion,
  makeDpopProof,
} from '@countersign/testkit';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDelegation, revokeDelegation } from '../../delegations/index.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { endTask, openTask } from '../../tasks/index.ts';
import { openTestServer, type TestServer } from '../open-test-server.ts';
import { readStatuses } from '../status/read-statuses.ts';
import { toListedToken } from '../status/to-listed-token.ts';
import type { Actor } from '../token-claims.ts';
import { verifyAccessToken } from '../verify-access-token.ts';

interface Member {
  readonly id: string;
  readonly key: AgentKey;
  readonly actor: { readonly kind: 'agent'; readonly agent: string; readonly key: string };
}

const clock = createManualClock();
const keys: AgentKey[] = [];
let test: TestStore;
let server: TestServer;
let owner: string;
let [giver, helper, last]: readonly [Member, Member, Member] = [nobody(), nobody(), nobody()];
let delegation: string;
let passed: string;
let task: string;

beforeAll(async () => {
  for (let count = 0; count < 3; count += 1) keys.push(await makeAgentKey(count === 0 ? 'ES256' : 'EdDSA'));
});

beforeEach(async () => {
  test = await openTestStore();
  server = await openTestServer({ store: test.store, now: clock.now });
  owner = await server.addPerson();
  [giver, helper, last] = [await addMember(0), await addMember(1), await addMember(2)];
  delegation = await server.addDelegation({ agent: giver.id, owner, limits: { depth: 3, calls: 10 } });
  passed = await passOn(giver, helper, { parentId: delegation }, { depth: 2 });
  task = await openOwn(giver, delegation);
});

afterEach(() => test.remove());

function nobody(): Member {
  return { id: '', key: {} as AgentKey, actor: { kind: 'agent', agent: '', key: '' } };
}

async function addMember(index: number): Promise<Member> {
  const key = keys[index];
  if (key === undefined) throw new Error('no key');
  const id = await server.addAgent({ owner, jwk: key.publicJwk, thumbprint: key.thumbprint });
  return { id, key, actor: { kind: 'agent', agent: id, key: key.thumbprint } };
}

async function passOn(
  from: Member,
  to: Member,
  source: { readonly parentId: string } | { readonly taskId: string },
  limits: Partial<Limits> = {},
): Promise<string> {
  const input = { agentId: to.id, ...source, purpose: 'Help', limits };
  return (await createDelegation(server.context, from.actor, input)).id;
}

async function openOwn(member: Member, delegationId: string, limits: Partial<Limits> = {}): Promise<string> {
  const input = { purpose: 'Pay one bill', delegationId, limits };
  return (await openTask(server.context, member.actor, input)).id;
}

const payments = 'http://localhost:7420/mcp/payments';
const files = 'http://localhost:7420/mcp/files';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

type Form = readonly (readonly [string, string])[];

async function request(member: Member, form: Form, proofKey = member.key) {
  const at = clock.now();
  const assertion = { key: member.key, clientId: member.id, audience: server.issuer, at };
  const body = new URLSearchParams([
    ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
    ['client_assertion', await makeClientAssertion(assertion)],
    ...form.map(([name, value]) => [name, value]),
  ]);
  const target = { htm: 'POST', htu: `${server.issuer}/oauth/token` };
  const nonce = server.context.tokens.nextNonce();
  const dpop = await makeDpopProof({ key: proofKey, ...target, at, nonce });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', dpop };
  const init = { method: 'POST', body: body.toString(), headers };
  const response = await server.app.request('/oauth/token', init);
  const answer: Record<string, unknown> = await response.json();
  return { status: response.status, body: answer };
}

async function getToken(member: Member, taskId: string, resources = [payments]): Promise<string> {
  const { body } = await request(member, [
    ['grant_type', 'client_credentials'],
    ['authorization_details', JSON.stringify([{ type: 'agent_task', task: taskId }])],
    ...resources.map((resource) => ['resource', resource] as const),
  ]);
  return String(body.access_token);
}

const exchangeForm = (subject: string, more: Form = []): Form => [
  ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
  ['subject_token', subject],
  ['subject_token_type', accessToken],
  ...more,
];
const exchange = (member: Member, subject: string, more: Form = [], proofKey = member.key) =>
  request(member, exchangeForm(subject, more), proofKey);
const details = (members: object): Form => [
  ['authorization_details', JSON.stringify([{ type: 'agent_task', ...members }])],
];

async function countIssued(): Promise<number> {
  return (await server.records('token.issued')).length;
}

async function expectRefused(
  refused: Promise<{ readonly status: number; readonly body: Record<string, unknown> }>,
  error: string,
  code: string,
): Promise<void> {
  const [issued, tasks] = [await countIssued(), await server.records('task.opened')];
  const { status, body } = await refused;
  expect({ status, error: body.error, code: body.code }).toEqual({ status: 400, error, code });
  expect(body.access_token).toBeUndefined();
  expect(await countIssued()).toBe(issued);
  expect(await server.records('task.opened')).toHaveLength(tasks.length);
  await server.context.tokens.refusals.flush();
  expect((await server.records('token.refused')).at(-1)).toMatchObject({ body: { reason: code } });
}

describe('a token exchange', () => {
  it('gives a token of a task that works for the subject, with the whole chain and who acts for whom', async () => {
    const subject = await getToken(giver, task);
    const { status, body } = await exchange(helper, subject, details({ purpose: 'Look at one bill' }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'DPoP', issued_token_type: accessToken });
    const claims = decodeJwt(String(body.access_token));
    expect(claims).toMatchObject({
      sub: giver.id,
      client_id: helper.id,
      agent: helper.id,
      aud: [payments],
      chain: [delegation, passed],
      cnf: { jkt: helper.key.thumbprint },
      act: { sub: helper.id, iss: server.issuer, sub_profile: 'ai_agent' },
    });
    expect((claims.act as Actor).act).toBeUndefined();
    expect(claims.exp).toBeLessThanOrEqual(Number(decodeJwt(subject).exp));
    const leased = await server.context.tasks.lease(String(claims.task));
    expect(leased).toMatchObject({
      agentId: helper.id,
      delegationId: passed,
      parentIds: [task],
      purpose: 'Look at one bill',
      limits: { upstreams: ['payments'], calls: 10, depth: 2 },
    });
    expect((await server.records('token.issued')).at(-1)).toMatchObject({
      agents: [giver.id, helper.id],
      chain: [delegation, passed],
      body: { subject: giver.id, exchanged: decodeJwt(subject).jti, subjectTask: task },
    });
  });

  it('goes on from hop to hop; earlier actors are nested, the subject stays', async () => {
    const below = await passOn(helper, last, { parentId: passed });
    const first = String((await exchange(helper, await getToken(giver, task))).body.access_token);
    const second = await exchange(last, first);
    const claims = decodeJwt(String(second.body.access_token));
    expect(claims).toMatchObject({
      sub: giver.id,
      agent: last.id,
      chain: [delegation, passed, below],
      act: { sub: last.id, act: { sub: helper.id } },
    });
    const leased = await server.context.tasks.lease(String(claims.task));
    expect(leased.parentIds).toEqual([task, String(decodeJwt(first).task)]);
    const effects = leased.reserve({ calls: 1, spendMinor: 0 });
    expect(effects.map((effect) => effect.holder)).toEqual([
      ...[leased.id, ...leased.parentIds.toReversed()],
      ...[delegation, passed, below],
    ]);
  });

  it('lets an agent have less of its own', async () => {
    const subject = await getToken(giver, task, [payments, files]);
    const form: Form = [['audience', 'files'], ...details({ limits: { calls: 2 }, ttlSeconds: 60 })];
    const { body } = await exchange(giver, subject, form);
    const claims = decodeJwt(String(body.access_token));
    expect(claims).toMatchObject({ sub: giver.id, agent: giver.id, aud: [files], chain: [delegation] });
    expect(claims.act).toBeUndefined();
    const leased = await server.context.tasks.lease(String(claims.task));
    expect(leased).toMatchObject({ parentIds: [task], limits: { upstreams: ['files'], calls: 2 } });
    expect(leased.expiresAt).toBe(clock.now() + 60_000);
  });

  it('prefers what was passed on in this very task, and takes the one that is named', async () => {
    const inTask = await passOn(giver, helper, { taskId: task }, { calls: 1 });
    await passOn(giver, helper, { parentId: delegation });
    const subject = await getToken(giver, task);
    const chosen = decodeJwt(String((await exchange(helper, subject)).body.access_token));
    expect(chosen.chain).toEqual([delegation, inTask]);
    const named = await exchange(helper, subject, details({ delegation: passed }));
    expect(decodeJwt(String(named.body.access_token)).chain).toEqual([delegation, passed]);
  });

  it('takes what was passed on in a task that this one works for', async () => {
    await revokeDelegation(server.context, giver.actor, { delegationId: passed });
    const inTask = await passOn(giver, helper, { taskId: task }, { calls: 1 });
    const own = String((await exchange(giver, await getToken(giver, task))).body.access_token);
    const claims = decodeJwt(String((await exchange(helper, own)).body.access_token));
    expect(claims.chain).toEqual([delegation, inTask]);
    const leased = await server.context.tasks.lease(String(claims.task));
    expect(leased.parentIds).toEqual([task, String(decodeJwt(own).task)]);
  });

  it('takes an actor token that is the client’s own and bound to the same key', async () => {
    const { body } = await request(helper, [['grant_type', 'client_credentials']]);
    const own = String(body.access_token);
    const actor: Form = [
      ['actor_token', own],
      ['actor_token_type', accessToken],
    ];
    const subject = await getToken(giver, task);
    expect((await exchange(helper, subject, actor)).status).toBe(200);
    await expectRefused(exchange(helper, subject, actor, last.key), 'invalid_request', 'token.actor_invalid');
    const others: Form = [
      ['actor_token', await getToken(giver, task)],
      ['actor_token_type', accessToken],
    ];
    await expectRefused(exchange(helper, subject, others), 'invalid_request', 'token.actor_invalid');
  });
});

describe('a token exchange is refused', () => {
  it('to an agent that stole the token', async () => {
    const subject = await getToken(giver, task);
    await expectRefused(exchange(last, subject), 'unauthorized_client', 'token.exchange_refused');
  });

  it('when authority was passed on in another task, or the task may not be passed on', async () => {
    await revokeDelegation(server.context, giver.actor, { delegationId: passed });
    const other = await openOwn(giver, delegation);
    await passOn(giver, helper, { taskId: other });
    const subject = await getToken(giver, task);
    await expectRefused(exchange(helper, subject), 'unauthorized_client', 'token.exchange_refused');
    const kept = await getToken(giver, await openOwn(giver, delegation, { depth: 0 }));
    await passOn(giver, helper, { parentId: delegation });
    await expectRefused(exchange(helper, kept), 'unauthorized_client', 'token.exchange_refused');
  });

  it.each<readonly [string, string, string, () => Form]>([
    ['wider than the subject token', 'invalid_target', 'token.target_invalid', () => [['resource', files]]],
    ['for an unknown upstream', 'invalid_target', 'token.target_invalid', () => [['audience', 'nowhere']]],
    [
      'for the control plane',
      'invalid_target',
      'token.target_invalid',
      () => [['resource', `${server.issuer}/v1/tasks`]],
    ],
    ['with a scope', 'invalid_scope', 'token.scope_invalid', () => [['scope', 'tasks']]],
    [
      'for an ID-JAG towards nobody known',
      'invalid_target',
      'token.target_invalid',
      () => [['requested_token_type', 'urn:ietf:params:oauth:token-type:id-jag']],
    ],
    [
      'with an actor type alone',
      'invalid_request',
      'token.request_invalid',
      () => [['actor_token_type', accessToken]],
    ],
    ['with an actor token alone', 'invalid_request', 'token.request_invalid', () => [['actor_token', 'x']]],
    [
      'with a broken actor token',
      'invalid_request',
      'token.actor_invalid',
      () => [
        ['actor_token', 'x.y.z'],
        ['actor_token_type', accessToken],
      ],
    ],
    [
      'with more calls',
      'invalid_authorization_details',
      'task.exceeds_delegation',
      () => details({ limits: { calls: 11 } }),
    ],
    [
      'with more effects',
      'invalid_authorization_details',
      'task.exceeds_delegation',
      () => details({ limits: { effects: ['read', 'write'] } }),
    ],
    [
      'with upstreams in its limits',
      'invalid_authorization_details',
      'token.details_invalid',
      () => details({ limits: { upstreams: '*' } }),
    ],
    [
      'with unknown details',
      'invalid_authorization_details',
      'token.details_invalid',
      () => details({ task: 'tsk_01ARZ3NDEKTSV4RRFFQ69G5FAV' }),
    ],
    [
      'under a delegation that is not the client’s',
      'unauthorized_client',
      'token.exchange_refused',
      () => details({ delegation }),
    ],
  ])('%s', async (_, error, code, form) => {
    const subject = await getToken(giver, task);
    await expectRefused(exchange(helper, subject, form()), error, code);
  });

  it.each<readonly [string, (subject: string) => Promise<string> | string]>([
    ['nothing of a token', () => 'x'],
    ['one without a signature', (subject) => `${subject.split('.').slice(0, 2).join('.')}.`],
    ['one of another kind', (subject) => resign(subject, { typ: 'dpop+jwt' })],
    ['an ID-JAG', (subject) => resign(subject, { typ: 'oauth-id-jag+jwt' })],
    ['one of another issuer', (subject) => resign(subject, {}, { iss: 'https://elsewhere.example' })],
    ['one whose chain was cut short', (subject) => resign(subject, {}, { chain: [] })],
    ['a bearer token', (subject) => resignHere(subject, { cnf: undefined })],
    ['one for a single call', (subject) => resignHere(subject, { call: 'x' })],
    ['one from the future', (subject) => resignHere(subject, { iat: Math.floor(clock.now() / 1000) + 3600 })],
    ['one of a key that is retired', (subject) => resignHere(subject, { client_jkt: helper.key.thumbprint })],
    [
      'a control token',
      async () => String((await request(giver, [['grant_type', 'client_credentials']])).body.access_token),
    ],
  ])('for %s', async (_, forge) => {
    const subject = await forge(await getToken(giver, task));
    await expectRefused(exchange(helper, subject), 'invalid_request', 'token.subject_invalid');
  });

  it.each<readonly [string, string, () => Promise<unknown> | unknown]>([
    ['its time is over', 'token.expired', () => clock.advance(301_000)],
    ['its task has ended', 'task.not_open', () => endTask(server.context, giver.actor, { taskId: task })],
    ['its agent is suspended', 'agent.not_active', () => setState('agents', giver.id)],
    ['its delegation was revoked past the verbs', 'delegation.not_active', () => revokePast(delegation)],
  ])('when %s, and the ledger says which', async (_, because, cut) => {
    const subject = await getToken(giver, task);
    await cut();
    await expectRefused(exchange(helper, subject), 'invalid_request', 'token.subject_invalid');
    expect((await server.records('token.refused')).at(-1)).toMatchObject({ body: { because } });
  });

  it('when the person is suspended whom it rests on', async () => {
    const subject = await getToken(giver, task);
    await setState('people', owner);
    const { body } = await exchange(helper, subject);
    // The client has the same owner: it is stopped before anything is looked at.
    expect(body).toMatchObject({ error: 'unauthorized_client', code: 'agent.not_active' });
  });

  it('when the link between them was cut, and ends what was exchanged before', async () => {
    const subject = await getToken(giver, task);
    const { body } = await exchange(helper, subject);
    const own = String(decodeJwt(String(body.access_token)).task);
    await revokeDelegation(server.context, giver.actor, { delegationId: passed });
    expect((await server.context.tasks.lease(own)).endedAt).not.toBeNull();
    expect((await server.context.tasks.lease(task)).endedAt).toBeNull();
    await expectRefused(exchange(helper, subject), 'unauthorized_client', 'token.exchange_refused');
  });

  it('when agent, task, delegation or token of the subject is stopped', async () => {
    const subject = await getToken(giver, task);
    for (const [scope, target] of [
      ['agent', giver.id],
      ['task', task],
      ['delegation', delegation],
      ['owner', owner],
    ] as const) {
      server.context.stops.apply(scope, target);
      const { body } = await exchange(helper, subject);
      expect(body.code).toBe('signal.stopped');
      server.context.stops.lift(scope, target);
    }
  });
});

describe('the status of an exchanged token', () => {
  it('is that of all it rests on', async () => {
    const { body } = await exchange(helper, await getToken(giver, task));
    const claims = await verifyAccessToken(String(body.access_token), {
      issuer: server.issuer,
      keys: server.context.tokens.signingKeys,
      now: clock.now(),
    });
    const read = async () => (await readStatuses(server.context, [toListedToken(claims)])).get(claims.jti);
    expect(await read()).toBe('valid');
    for (const [scope, target] of [
      ['agent', giver.id],
      ['owner', owner],
      ['task', task],
      ['delegation', delegation],
    ] as const) {
      server.context.stops.apply(scope, target);
      expect(await read()).toBe('suspended');
      server.context.stops.lift(scope, target);
    }
    await setState('agents', giver.id);
    expect(await read()).toBe('suspended');
    await endTask(server.context, giver.actor, { taskId: task });
    expect(await read()).toBe('invalid');
  });
});

/** Signed by somebody else. */
async function resign(token: string, header: object, claims: object = {}): Promise<string> {
  const { kid } = decodeProtectedHeader(token);
  const protectedHeader = { alg: 'ES256', typ: 'at+jwt', ...(kid === undefined ? {} : { kid }), ...header };
  const key = keys[0];
  if (key === undefined) throw new Error('no key');
  return new SignJWT({ ...decodeJwt(token), ...claims })
    .setProtectedHeader(protectedHeader)
    .sign(key.privateKey);
}

/** Signed by this server, as no code of it ever would. */
async function resignHere(token: string, claims: object): Promise<string> {
  const { signAccessToken } = await import('../sign-access-token.ts');
  const changed = JSON.parse(JSON.stringify({ ...decodeJwt(token), ...claims }));
  return signAccessToken(server.context.tokens.signingKeys.current(), changed);
}

async function setState(table: 'agents' | 'people', id: string): Promise<void> {
  await test.store.sql.updateTable(table).set({ state: 'suspended' }).where('id', '=', id).execute();
  server.context.agents.forget(giver.id);
  server.context.agents.forget(helper.id);
}

async function revokePast(id: string): Promise<void> {
  server.context.tasks.forget(task);
  await test.store.sql.updateTable('delegations').set({ revoked_at: 1 }).where('id', '=', id).execute();
}
