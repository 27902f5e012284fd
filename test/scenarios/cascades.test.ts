import { type PlainTool, startPlainUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { enrolHelper, exchange, passOn, registerAgent } from './ground/enrol-chain.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const shape = {
  type: 'object',
  properties: { to: { type: 'string' }, fail: { type: 'boolean' }, n: { type: 'integer' } },
  additionalProperties: false,
};
const tools: readonly PlainTool[] = ['look', 'send_mail', 'share_file', 'forbidden'].map((name) => ({
  ...{ name, description: `Does ${name}`, inputSchema: shape },
}));
const scene = useScene({
  environment: { COUNTERSIGN_CASCADES_NEAR_CALLS: '300' },
  upstream: () =>
    startPlainUpstream({
      tools,
      call: (_, args) => ({
        content: [{ type: 'text', text: 'done' }],
        isError: (args as { fail?: boolean }).fail === true,
      }),
    }),
  policy: `
    @id("all") permit (principal, action, resource);
    @id("never") forbid (principal, action == Countersign::Action::"shop/forbidden", resource);
    @id("inside") forbid (principal, action == Countersign::Action::"shop/send_mail", resource)
    when { context.args has to && context.args.to like "*@evil.example" };`,
});

const enrol = async () => createCaller(await scene().gateway.enrol({ limits: { depth: 2 } }), scene().url);
const reached = () => scene().upstream.journal.calls().length;
const resume = (task: string, reason = 'looked at') =>
  scene().gateway.operator('POST', `/v1/tasks/${task}/resume`, { reason });
const refusals = async (caller: Caller, times: number, tool = 'forbidden') => {
  for (let i = 0; i < times; i++) await caller.call(tool, { n: i });
};

describe('task.loop', () => {
  it('ends within the calls that are set, and goes on when a person says so', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const before = reached();
    const codes = [];
    for (let i = 0; i < 110; i++) codes.push(readRefusal(await caller.call('look', { to: 'the same' })));
    expect(codes.filter((code) => code === undefined)).toHaveLength(100);
    expect(new Set(codes.slice(100))).toEqual(new Set(['task.paused']));
    expect(reached() - before).toBe(100);
    const paused = await waitForRecord(gateway, 'task.paused', { task: caller.task });
    expect(paused).toMatchObject({ person: gateway.administrator.id, body: { cause: 'loop', count: 101 } });
    const shown = requireDone(await gateway.operator('GET', `/v1/tasks/${caller.task}`));
    expect(shown).toMatchObject({ state: 'open', paused: { cause: 'loop' } });
    requireDone(await resume(caller.task, 'a wrong date'));
    expect(await waitForRecord(gateway, 'task.resumed', { task: caller.task })).toMatchObject({
      body: { reason: 'a wrong date', cause: 'loop' },
    });
    expect(isResult(await caller.call('look', { to: 'the same' }))).toBe(true);
    expect((await resume(caller.task)).json).toMatchObject({ code: 'task.not_paused' });
  });

  it('is no loop that counts up a little, and one that counts up for ever', async () => {
    const caller = await enrol();
    for (let i = 0; i < 100; i++) expect(isResult(await caller.call('look', { n: i }))).toBe(true);
    let calls = 100;
    while (calls < 400 && isResult(await caller.call('look', { n: calls }))) calls += 1;
    expect(calls).toBe(300);
  });
});

describe('task.fan-out', () => {
  it('is refused from a number on, and held up when it goes on', async () => {
    const { gateway, url } = scene();
    const first = await gateway.enrol({ limits: { depth: 1 } });
    const helper = await registerAgent(gateway, 'bomb');
    requireDone(await passOn(gateway, first.agent, helper, { parentId: first.delegation }));
    const codes: unknown[] = [];
    for (let i = 0; i < 62; i++) {
      const { json } = await exchange(helper, first.token);
      codes.push((json as { code?: string }).code);
    }
    expect(codes.filter((code) => code === undefined)).toHaveLength(30);
    expect(codes.filter((code) => code === 'task.fan_out')).toHaveLength(30);
    expect(codes.slice(60)).toEqual(['task.paused', 'task.paused']);
    // Who opened the tree works on in it.
    expect(isResult(await createCaller(first, url).call('look', {}))).toBe(true);
  });
});

describe('task.denied-goal', () => {
  it('counts against the task when it is tried another way, and holds over a restart', async () => {
    const { gateway, url } = scene();
    const enrolled = await gateway.enrol();
    const caller = createCaller(enrolled, url);
    const mail = (to: string) => caller.call('send_mail', { to });
    expect(readRefusal(await mail('eve@evil.example'))).toBe('action.denied');
    expect(isResult(await mail('boss@good.example'))).toBe(true);
    expect(readRefusal(await mail('eva@evil.example'))).toBe('action.denied');
    // Another tool is let out, and counts as what was refused.
    expect(isResult(await caller.call('share_file', { to: 'EVE@evil.example' }))).toBe(true);
    expect(readRefusal(await caller.call('share_file', { to: 'eva@evil.example' }))).toBe('task.paused');
    expect(readRefusal(await caller.call('look', {}))).toBe('task.paused');
    expect(await waitForRecord(gateway, 'task.paused', { task: enrolled.task })).toMatchObject({
      body: { cause: 'denials', count: 5 },
    });
    await gateway.restart();
    const again = createCaller({ ...enrolled, token: await enrolled.renew() }, url);
    expect(readRefusal(await again.call('look', {}))).toBe('task.paused');
    requireDone(await resume(enrolled.task));
    expect(isResult(await again.call('look', {}))).toBe(true);
  });
});

describe('task.no-foreign-pause', () => {
  it('holds up a sub-agent alone, in whatever tasks it opens inside', async () => {
    const { gateway, url } = scene();
    const first = await gateway.enrol({ limits: { depth: 2 } });
    const owner = createCaller(first, url);
    const rogue = await enrolHelper(gateway, first, { name: 'rogue', limits: { depth: 1 } });
    await refusals(createCaller(rogue, url), 3);
    // Another task under the same one goes on counting.
    const inside = createCaller({ ...rogue, token: await rogue.renew() }, url);
    await refusals(inside, 2);
    expect(readRefusal(await inside.call('look', {}))).toBe('task.paused');
    expect(readRefusal(await createCaller(rogue, url).call('look', {}))).toBe('task.paused');
    expect(isResult(await owner.call('look', {}))).toBe(true);
    // Nor does it open more, or pause what is another tree's.
    const opened = await exchange(rogue.agent, await first.renew());
    expect(opened.json).toMatchObject({ code: 'task.paused' });
    expect(isResult(await (await enrol()).call('look', {}))).toBe(true);
  });

  it('lets neither an agent nor a stranger resume', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    await refusals(caller, 5);
    const url = `${gateway.url}/v1/tasks/${caller.task}/resume`;
    const message = { reason: 'I say so' };
    const own = await caller.agent.send({ url, token: await caller.agent.token(), message });
    expect(own.json).toMatchObject({ code: 'person.forbidden' });
    const neighbour = await gateway.invite('Neighbour', ['owner']);
    const foreign = await neighbour.request('POST', `/v1/tasks/${caller.task}/resume`, message);
    expect(foreign.status).toBeGreaterThanOrEqual(403);
    expect(readRefusal(await caller.call('look', {}))).toBe('task.paused');
  });
});

// Last: it moves the clock.
describe('task.retry-storm', () => {
  it('leaves the tool alone, tries it once after a while, and closes when it answers', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const other = await enrol();
    const fail = async (n: number) => readRefusal(await caller.call('look', { fail: true, n }));
    for (let n = 0; n < 8; n++) expect(await fail(n)).toBeUndefined();
    const before = reached();
    const refused = await caller.call('look', { fail: true, n: 9 });
    expect(readRefusal(refused)).toBe('action.circuit_open');
    expect(refused.body).toMatch(/try again in 1[0-5] s/);
    expect(reached()).toBe(before);
    expect(await waitForRecord(gateway, 'signal.circuit_opened')).toMatchObject({
      ...{ agent: caller.agentId, tool: 'look', body: { scope: 'agent_tool' } },
    });
    expect(isResult(await caller.call('share_file', {}))).toBe(true);
    expect(isResult(await other.call('look', {}))).toBe(true);
    gateway.advance(16_000);
    expect(await fail(10)).toBeUndefined();
    expect(await fail(11)).toBe('action.circuit_open');
    gateway.advance(31_000);
    expect(isResult(await caller.call('look', {}))).toBe(true);
    expect(await fail(12)).toBeUndefined();
    await waitForRecord(gateway, 'signal.circuit_closed');
  });
});
