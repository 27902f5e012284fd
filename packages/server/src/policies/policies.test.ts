import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerRecord } from '@countersign/api';
import { Hono } from 'hono';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import { readThrown } from '../http/problem.ts';
import type { Actor } from '../people/index.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createRiskState } from '../signals/index.ts';
import {
  makeRequest,
  makeTool,
  makeUpstreams,
  type TestUpstreams,
  testAgent,
  testTask,
} from './create-test-policies.ts';
import { useCedar } from './engine/cedar.ts';
import {
  activateBundle,
  askPolicies,
  createPolicyState,
  getBundle,
  getPolicySchema,
  listBundles,
  type PolicyState,
  policyRoutes,
  reloadPolicies,
  validatePolicies,
} from './index.ts';

const text = { type: 'string' };
const read = makeTool('files/read', { properties: { path: text }, required: ['path'] });
const move = makeTool('files/move_file', { effects: ['write'], properties: { source: text } });
const pay = makeTool('payments/send_payment', {
  effects: ['write', 'spend', 'egress'],
  properties: { amount_minor: { type: 'integer' } },
  required: ['amount_minor'],
  amountPointer: '/amount_minor',
});
const wipe = makeTool('payments/delete_customer', { effects: ['write'] });
const admin: Actor = {
  kind: 'person',
  person: 'per_00000000000000000000000009',
  roles: ['admin'],
  session: 'ses_1',
  verifiedAt: 0,
  isFresh: true,
};
const auditor: Actor = { ...admin, roles: ['auditor'] };
const approver: Actor = { ...admin, roles: ['approver'] };
const permitAll = 'permit (principal, action, resource);';
const denyAll = 'forbid (principal, action, resource);';
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const one = (policies: string) => ({ files: [{ name: 'p.cedar', text: policies }] });

const masterKey = createMasterKey(new Uint8Array(32).fill(7));
let stored: TestStore;
let records: LedgerRecord[];
let upstreams: TestUpstreams;
const open: PolicyState[] = [];

beforeEach(async () => {
  stored = await openTestStore();
  records = [];
  stored.store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
  upstreams = makeUpstreams([read, move, pay, wipe]);
});
afterEach(async () => {
  for (const state of open.splice(0)) state.close();
  await stored.remove();
});

async function start(folder?: string): Promise<Context> {
  const config = completeConfig(configSchema.parse(folder === undefined ? {} : { policies: { folder } }));
  const parts = {
    config,
    platform: createPlatform(),
    store: stored.store,
    upstreams,
    log: pino({ level: 'silent' }),
    masterKey,
  };
  const policies = await createPolicyState(parts);
  open.push(policies);
  const agents = { get: async () => testAgent, getRoles: async () => testAgent.ownerRoles };
  const tasks = { look: async () => testTask };
  const risk = createRiskState(parts.platform);
  return { ...parts, policies, agents, tasks, risk } as unknown as Context;
}

const ofKind = (kind: string) => records.filter((record) => record.kind === kind);
const decide = (context: Context, ...given: Parameters<typeof makeRequest>) =>
  context.policies.decide(makeRequest(...given)).verdict.effect;

async function until(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 5000, interval: 20 }).toBe(true);
}

describe('a first start', () => {
  it('puts the starter policies in force', async () => {
    const context = await start();
    expect(decide(context, read, { path: '/a' })).toBe('allow');
    expect(decide(context, move, { source: '/a' })).toBe('deny');
    expect(decide(context, pay, { amount_minor: 1 })).toBe('step_up');
    expect(decide(context, pay, { amount_minor: -1 })).toBe('step_up');
    expect(decide(context, pay, { amount_minor: 0 })).toBe('allow');
    expect(decide(context, wipe)).toBe('deny');
    expect(decide(context, null)).toBe('allow');
    expect(decide(context, makeTool('x/write', { effects: ['write'], confirmed: false }))).toBe('step_up');
    expect(decide(context, makeTool('x/write', { effects: ['write'] }))).toBe('allow');
    expect(decide(context, makeTool('x/unknown', { effects: ['write', 'spend', 'admin', 'egress'] }))).toBe(
      'deny',
    );
    expect(ofKind('policy.activated')).toMatchObject([
      { policyVersion: context.policies.version, causes: [], body: { by: 'system:policies' } },
    ]);
  });

  it('is the only one that does', async () => {
    const first = await start();
    await activateBundle(first, admin, one(permitAll));
    const again = await start();
    expect(again.policies.version).toBe(first.policies.version);
    expect(decide(again, wipe)).toBe('allow');
    expect(ofKind('policy.activated')).toHaveLength(2);
  });
});

describe('activateBundle', () => {
  it('puts a bundle in force and records it after the one before', async () => {
    const context = await start();
    const [starter] = ofKind('policy.activated');
    const activation = await activateBundle(context, admin, one(denyAll));
    expect(decide(context, read, { path: '/a' })).toBe('deny');
    expect(context.policies.version).toBe(activation.version);
    expect(ofKind('policy.activated')[1]).toMatchObject({
      causes: [starter?.id],
      person: 'per_00000000000000000000000009',
      policyVersion: activation.version,
      body: { digest: activation.digest, previous: starter?.policyVersion, policies: 1 },
    });
  });

  it('refuses a change that was begun from other policies, and keeps what the other person did', async () => {
    const context = await start();
    const base = context.policies.version;
    const first = await activateBundle(context, admin, { ...one(permitAll), base });
    const late = activateBundle(context, admin, { ...one(denyAll), base });
    await expect(late).rejects.toThrow(code('policy.changed_meanwhile'));
    await expect(activateBundle(context, admin, { version: base, base })).rejects.toThrow(
      code('policy.changed_meanwhile'),
    );
    expect(context.policies.version).toBe(first.version);
    await activateBundle(context, admin, { ...one(denyAll), base: first.version });
    expect(decide(context, read, { path: '/a' })).toBe('deny');
  });

  it('lets one of two who began alike change them', async () => {
    const context = await start();
    const base = context.policies.version;
    const both = await Promise.allSettled([
      activateBundle(context, admin, { ...one(permitAll), base }),
      activateBundle(context, admin, { ...one(denyAll), base }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a mistyped policy with its place, records that, and keeps the one in force', async () => {
    const context = await start();
    const before = context.policies.version;
    const wrong = one(
      `${permitAll}\npermit (principal, action, resource) when { context.task.porpoise == "x" };`,
    );
    await expect(activateBundle(context, admin, wrong)).rejects.toMatchObject({
      code: 'policy.invalid',
      detail: expect.stringMatching(/^p\.cedar:2:\d+: .*porpoise/),
    });
    expect(context.policies.version).toBe(before);
    expect(decide(context, move, { source: 'a' })).toBe('deny');
    expect(ofKind('policy.refused')).toMatchObject([
      { body: { complaints: [expect.stringMatching(/^p\.cedar:2:/)] } },
    ]);
    expect((await listBundles(context, admin, {})).items).toHaveLength(1);
  });

  it('puts an earlier version in force again, also over a restart', async () => {
    const context = await start();
    const starter = context.policies.version;
    const second = await activateBundle(context, admin, one(permitAll));
    expect(await activateBundle(context, admin, { version: starter as never })).toMatchObject({
      version: starter,
    });
    expect(decide(context, wipe)).toBe('deny');
    const again = await start();
    expect(again.policies.version).toBe(starter);
    const { items } = await listBundles(again, auditor, {});
    expect(items.map(({ version, isActive }) => [version, isActive])).toEqual([
      [second.version, false],
      [starter, true],
    ]);
  });

  it('leaves the last of two at once in force, and on disk', async () => {
    const context = await start();
    await Promise.all([
      activateBundle(context, admin, one(permitAll)),
      activateBundle(context, admin, one(denyAll)),
    ]);
    const again = await start();
    expect(again.policies.version).toBe(context.policies.version);
    expect(ofKind('policy.activated').at(-1)?.policyVersion).toBe(context.policies.version);
  });

  it('keeps the one in force when the store fails', async () => {
    const context = await start();
    const before = context.policies.version;
    const failing = {
      ...context,
      store: {
        ...context.store,
        sql: context.store.sql,
        append: stored.store.append.bind(stored.store),
        transaction: () => Promise.reject(new Error('disk full')),
      },
    };
    await expect(activateBundle(failing, admin, one(permitAll))).rejects.toThrow('disk full');
    expect(context.policies.version).toBe(before);
    expect(decide(context, move, { source: 'a' })).toBe('deny');
  });

  it.each([
    ['no files', { files: [] }],
    ['a path for a name', { files: [{ name: '../p.cedar', text: '' }] }],
    ['another ending', { files: [{ name: 'p.txt', text: '' }] }],
    [
      'a name twice',
      {
        files: [
          { name: 'p.cedar', text: '' },
          { name: 'p.cedar', text: '' },
        ],
      },
    ],
    ['an endless file', { files: [{ name: 'p.cedar', text: ' '.repeat(300_000) }] }],
    ['files and a version', { ...one(permitAll), version: 'pol_01ARZ3NDEKTSV4RRFFQ69G5FAV' }],
    ['a version that is none', { version: 'latest' }],
  ])('refuses %s', async (_what, input) => {
    const context = await start();
    await expect(activateBundle(context, admin, input as never)).rejects.toMatchObject({ name: 'ZodError' });
  });

  it('knows only versions there are', async () => {
    const context = await start();
    const version = 'pol_01ARZ3NDEKTSV4RRFFQ69G5FAV' as never;
    await expect(activateBundle(context, admin, { version })).rejects.toEqual(code('policy.not_found'));
    await expect(getBundle(context, admin, version)).rejects.toEqual(code('policy.not_found'));
  });

  it('needs permission', async () => {
    const context = await start();
    for (const actor of [auditor, approver]) {
      await expect(activateBundle(context, actor, one(permitAll))).rejects.toEqual(code('person.forbidden'));
      await expect(reloadPolicies(context, actor)).rejects.toEqual(code('person.forbidden'));
    }
    const agent: Actor = { kind: 'agent', agent: testAgent.id, key: 'k' };
    for (const actor of [approver, agent]) {
      await expect(validatePolicies(context, actor, one(permitAll))).rejects.toEqual(
        code('person.forbidden'),
      );
      await expect(getPolicySchema(context, actor)).rejects.toEqual(code('person.forbidden'));
      await expect(getBundle(context, actor, 'active')).rejects.toEqual(code('person.forbidden'));
      await expect(listBundles(context, actor, {})).rejects.toEqual(code('person.forbidden'));
    }
  });
});

describe('when tools change', () => {
  const typed = `${permitAll}\nforbid (principal, action == Countersign::Action::"payments/send_payment", resource) when { context.args.amount_minor > 10 };`;
  const retyped = makeTool('payments/send_payment', {
    effects: ['spend'],
    properties: { amount_minor: text },
  });

  it('a tool that a policy no longer fits is denied and reported; others go on; it comes back', async () => {
    const context = await start();
    await activateBundle(context, admin, one(typed));
    upstreams.set([read, retyped]);
    expect(decide(context, retyped, { amount_minor: '5' })).toBe('deny');
    expect(decide(context, read, { path: 'a' })).toBe('allow');
    await until(() => ofKind('policy.refused').length === 1);
    expect(ofKind('policy.refused')[0]?.body).toMatchObject({
      tools: [{ tool: 'payments/send_payment', policies: ['p:2'] }],
    });
    expect((await getBundle(context, admin, 'active')).misfits).toEqual({ 'payments/send_payment': ['p:2'] });
    upstreams.set([read, pay]);
    expect(decide(context, pay, { amount_minor: 5 })).toBe('allow');
    await until(() => context.policies.misfits.size === 0);
  });

  it('a restart changes nothing of that', async () => {
    const context = await start();
    const { version } = await activateBundle(context, admin, one(typed));
    upstreams.set([read, retyped]);
    const again = await start();
    expect(again.policies.version).toBe(version);
    expect(decide(again, retyped, { amount_minor: '5' })).toBe('deny');
    expect(decide(again, read, { path: 'a' })).toBe('allow');
  });

  it('a policy for a tool that is gone does not take the others with it', async () => {
    const context = await start();
    await activateBundle(context, admin, one(typed));
    upstreams.set([read]);
    const again = await start();
    expect(decide(again, read, { path: 'a' })).toBe('allow');
  });
});

describe('a policy folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-policies-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const put = (name: string, policies: string) => writeFile(join(folder, name), policies);

  it('is in force from the start and follows its files', async () => {
    await put('p.cedar', permitAll);
    await put('notes.txt', 'not a policy');
    const context = await start(folder);
    expect(decide(context, wipe)).toBe('allow');
    await put('p.cedar', denyAll);
    await until(() => decide(context, wipe) === 'deny');
    await writeFile(join(folder, 'next'), permitAll);
    await rename(join(folder, 'next'), join(folder, 'p.cedar'));
    await until(() => decide(context, wipe) === 'allow');
  });

  it('that is half broken keeps the bundle in force, whole', async () => {
    await put('a.cedar', permitAll);
    await put(
      'b.cedar',
      '@id("b") forbid (principal, action, resource == Countersign::Tool::"files/move_file");',
    );
    const context = await start(folder);
    const before = context.policies.version;
    await put('a.cedar', denyAll);
    await put('b.cedar', 'forbid (principal, action, resource');
    await expect(reloadPolicies(context, admin)).rejects.toEqual(code('policy.invalid'));
    await until(() => ofKind('policy.refused').length > 0);
    expect(context.policies.version).toBe(before);
    expect([decide(context, read, { path: 'a' }), decide(context, move, { source: 'a' })]).toEqual([
      'allow',
      'deny',
    ]);
    await put('b.cedar', '');
    await until(() => context.policies.version !== before);
    expect(decide(context, read, { path: 'a' })).toBe('deny');
  });

  it('that did not change makes no new version', async () => {
    await put('p.cedar', permitAll);
    const context = await start(folder);
    const { version } = context.policies;
    expect(await reloadPolicies(context, admin)).toEqual({ version });
    expect((await start(folder)).policies.version).toBe(version);
    expect(ofKind('policy.activated')).toHaveLength(1);
  });

  it('that is broken at a start leaves the last bundle in force, or none and everything refused', async () => {
    await put('p.cedar', 'permit (');
    const none = await start(folder);
    expect(none.policies.version).toBe('');
    expect(() => decide(none, read)).toThrow(code('policy.unavailable'));
    expect(none.policies.couldAllow(makeRequest(read))).toBe(false);
    await put('p.cedar', permitAll);
    await until(() => none.policies.version !== '');
    expect(decide(none, wipe)).toBe('allow');
    await put('p.cedar', 'permit (');
    const again = await start(folder);
    expect(decide(again, wipe)).toBe('allow');
  });

  it('that is emptied, or has a file being written, keeps the bundle in force', async () => {
    await put('p.cedar', permitAll);
    const context = await start(folder);
    const { version } = context.policies;
    await put('p.cedar', ' \n');
    await expect(reloadPolicies(context, admin)).rejects.toEqual(code('policy.invalid'));
    await rm(join(folder, 'p.cedar'));
    await expect(reloadPolicies(context, admin)).rejects.toEqual(code('policy.invalid'));
    expect(context.policies.version).toBe(version);
    await put('p.cedar', `${permitAll}\n// `);
    const reloading = reloadPolicies(context, admin);
    await put('p.cedar', '');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await put('p.cedar', denyAll);
    await reloading;
    expect(decide(context, read)).toBe('deny');
    expect(ofKind('policy.activated')).toHaveLength(2);
  });

  it('is not overruled by the API', async () => {
    await put('p.cedar', permitAll);
    const context = await start(folder);
    await expect(activateBundle(context, admin, one(denyAll))).rejects.toEqual(code('policy.kept_in_folder'));
  });

  it('that is not there refuses everything', async () => {
    const context = await start(join(folder, 'none'));
    expect(() => decide(context, read)).toThrow(code('policy.unavailable'));
  });

  it('takes no file that is not UTF-8', async () => {
    await writeFile(join(folder, 'p.cedar'), Buffer.from([0x2f, 0x2f, 0xff, 0x0a]));
    await expect(reloadPolicies(await start(folder), admin)).rejects.toEqual(code('policy.invalid'));
  });

  it('waits for the tools it names', async () => {
    upstreams.set([]);
    await put('p.cedar', 'permit (principal, action == Countersign::Action::"files/read", resource);');
    const context = await start(folder);
    expect(context.policies.version).toBe('');
    upstreams.set([read]);
    await until(() => context.policies.version !== '');
    expect(decide(context, read, { path: 'a' })).toBe('allow');
  });
});

describe('the engine', () => {
  it('that breaks refuses that decision alone', async () => {
    const context = await start();
    const broken = `permit (principal, action, resource) when { ${'('.repeat(400)}true${')'.repeat(400)} };`;
    expect(() => useCedar((cedar) => cedar.policyToJson(broken))).toThrow();
    expect(decide(context, read, { path: '/a' })).toBe('allow');
    expect(decide(context, pay, { amount_minor: 1 })).toBe('step_up');
  });
});

describe('visibility', () => {
  it('needs the limits and the policies', async () => {
    const context = await start();
    const could = (tool: typeof read, change = {}) =>
      context.policies.couldAllow(makeRequest(tool, {}, change));
    expect([could(read), could(pay), could(wipe), could(move)]).toEqual([true, true, false, false]);
    const limits = { ...testTask.limits, actions: ['payments/*'] };
    expect(could(read, { task: { ...testTask, limits } })).toBe(false);
    const constrained = {
      ...testTask.limits,
      arguments: [{ action: 'files/*', path: '/path', rule: { prefix: '/x' } }],
    };
    expect(could(read, { task: { ...testTask, limits: constrained } })).toBe(true);
  });
});

describe('questions', () => {
  const ask = { agentId: testAgent.id as never, upstream: 'payments', target: 'send_payment' };

  it('are answered as the path would decide, and recorded nowhere', async () => {
    const context = await start();
    const count = records.length;
    const answer = await askPolicies(context, auditor, { ...ask, arguments: { amount_minor: 5 } });
    expect(answer).toMatchObject({
      effect: 'step_up',
      version: context.policies.version,
      requirement: { approvers: ['role:approver'] },
      argumentsFlaw: null,
    });
    expect(answer.policies).toContainEqual({
      id: 'payments:ask-before-paying',
      effect: 'forbid',
      description: expect.any(String),
    });
    expect(await validatePolicies(context, auditor, one('permit (principal);'))).toMatchObject({
      valid: false,
      complaints: [{ file: 'p.cedar', line: 1 }],
    });
    expect(await validatePolicies(context, auditor, one(permitAll))).toMatchObject({
      valid: true,
      policies: ['p:1'],
    });
    expect(await getPolicySchema(context, auditor)).toContain('action "payments/send_payment"');
    expect(records).toHaveLength(count);
  });

  it.each([
    ['an unknown upstream', { upstream: 'nowhere' }, 'upstream.not_found'],
    ['an unknown tool', { target: 'nothing' }, 'upstream.tool_not_found'],
    ["another agent's task", { agentId: 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'task.not_found'],
  ])('name %s', async (_what, change, wanted) => {
    const context = await start();
    const other = { ...testTask, agentId: 'agt_other' };
    const tasks = { look: async () => other };
    const asked = {
      ...ask,
      ...change,
      ...(wanted === 'task.not_found' ? { taskId: testTask.id as never } : {}),
    };
    await expect(askPolicies({ ...context, tasks } as never, admin, asked as never)).rejects.toEqual(
      code(wanted),
    );
  });
});

describe('/v1/policies', () => {
  async function serve() {
    const context = await start();
    const app = new Hono();
    app.use(async (c, next) => {
      c.set('actor' as never, admin as never);
      await next();
    });
    app.route('/v1/policies', policyRoutes(context));
    app.onError((thrown, c) => {
      const error = readThrown(thrown, context.log, 'req');
      return c.json({ code: error.code, detail: error.detail ?? null }, error.entry.status as 400);
    });
    const send = async (method: string, path: string, body?: object) => {
      const reply = await app.request(`/v1/policies${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      });
      return [reply.status, await reply.json()] as const;
    };
    return { context, send };
  }

  it('lists, shows, validates, activates and explains', async () => {
    const { context, send } = await serve();
    const starter = context.policies.version;
    expect(await send('POST', '/validate', one('permit (x);'))).toMatchObject([200, { valid: false }]);
    const [status, activated] = await send('POST', '', one(permitAll));
    expect([status, activated]).toMatchObject([201, { version: context.policies.version, warnings: [] }]);
    expect(await send('GET', '')).toMatchObject([
      200,
      { items: [{ isActive: true }, { version: starter, isActive: false }], next: null },
    ]);
    expect(await send('GET', '?limit=1')).toMatchObject([200, { next: context.policies.version }]);
    expect(await send('GET', `?limit=1&cursor=${context.policies.version}`)).toMatchObject([
      200,
      { items: [{ version: starter }], next: null },
    ]);
    expect(await send('GET', '/active')).toMatchObject([
      200,
      { files: [{ name: 'p.cedar', text: permitAll }], policies: [{ id: 'p:1', effect: 'permit' }] },
    ]);
    expect(await send('GET', `/${starter}`)).toMatchObject([200, { isActive: false }]);
    expect(await send('GET', '/schema')).toMatchObject([
      200,
      { schema: expect.stringContaining('namespace Countersign') },
    ]);
    expect(
      await send('POST', '/ask', {
        agentId: 'agt_01ARZ3NDEKTSV4RRFFQ69G5FAV',
        upstream: 'files',
        target: 'read',
        arguments: { path: 'a' },
      }),
    ).toMatchObject([200, { effect: 'allow' }]);
    expect(await send('POST', '/reload')).toMatchObject([200, { version: context.policies.version }]);
    expect(await send('POST', '', { version: starter })).toMatchObject([201, { version: starter }]);
  });

  it('refuses with the place of the mistake, and what is no bundle', async () => {
    const { send } = await serve();
    expect(await send('POST', '', one('permit (x);'))).toMatchObject([
      400,
      { code: 'policy.invalid', detail: expect.stringMatching(/^p\.cedar:1:9: /) },
    ]);
    expect(await send('POST', '', { files: 'p' })).toMatchObject([400, { code: 'server.request_invalid' }]);
    expect(await send('GET', '/pol_nonsense')).toMatchObject([400, { code: 'server.request_invalid' }]);
    expect(await send('POST', '/ask', { agentId: 'x' })).toMatchObject([
      400,
      { code: 'server.request_invalid' },
    ]);
  });
});
