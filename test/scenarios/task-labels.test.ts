import type { EnrolledAgent, TestPerson } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { enrolHelper } from './ground/enrol-chain.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';

const POLICY = `${PERMIT_ALL}
@id("nothing-out") forbid (principal, action == Countersign::Action::"shop/echo", resource)
when { context.task.labels.trust == "untrusted" && context.args.text == "out" };`;

const scene = useScene({ policy: POLICY });

const say = (enrolled: EnrolledAgent, text: string) =>
  createCaller(enrolled, scene().url).call('echo', { text });

async function expectDenied(enrolled: EnrolledAgent): Promise<void> {
  expect(readRefusal(await say(enrolled, 'out'))).toBe('action.denied');
}

async function readTask(id: string) {
  const { labels, lifted } = requireDone<{ labels: object; lifted: readonly object[] }>(
    await scene().gateway.operator('GET', `/v1/tasks/${id}`),
  );
  return { labels, lifted };
}

describe('task.labels', () => {
  it('taint a task once it has read what a stranger may have written, and stay after a restart', async () => {
    const { gateway } = scene();
    const agent = await gateway.enrol({ name: 'reader' });
    expect(await readTask(agent.task)).toMatchObject({ labels: { trust: 'trusted', sensitivity: 'public' } });
    expect(isResult(await say(agent, 'in'))).toBe(true);
    await expectDenied(agent);
    // A refused call has no outcome: its decision is the newest one.
    const decision = await waitForRecord(gateway, 'action.decision', { agent: agent.agent.agentId });
    expect(decision.body).toMatchObject({
      effect: 'deny',
      facts: { flow: { labels: { trust: 'untrusted' }, egress: false } },
    });
    await gateway.restart();
    await expectDenied(agent);
    expect(await readTask(agent.task)).toMatchObject({
      labels: { trust: 'untrusted', sensitivity: 'internal' },
    });
  });

  it('cross from an agent to the one it handed authority to, and back', async () => {
    const { gateway } = scene();
    const first = await gateway.enrol({ name: 'first', limits: { depth: 1 } });
    const helper = await enrolHelper(gateway, first, { name: 'helper' });
    expect(isResult(await say(helper, 'in'))).toBe(true);
    await expectDenied(first);
    await expectDenied(helper);
    const other = await gateway.enrol({ name: 'other', limits: { depth: 1 } });
    expect(isResult(await say(other, 'in'))).toBe(true);
    await expectDenied(await enrolHelper(gateway, other, { name: 'helper-too' }));
  });
});

describe('upstream.classified-results', () => {
  it('believe what a person has confirmed, and only that', async () => {
    const { gateway } = scene();
    const path = '/v1/upstreams/shop/tools/echo';
    const said = { effects: ['read'], dataDomain: 'shop' };
    const trusted = { trust: 'trusted', sensitivity: 'secret', audience: ['domain:home.org'], fields: [] };
    const before = requireDone<{ resultLabels: object; proposal: { resultLabels: object } }>(
      await gateway.operator('GET', path),
    );
    expect(before.resultLabels).toMatchObject({ trust: 'untrusted', sensitivity: 'internal' });
    expect(before.proposal.resultLabels).toMatchObject({ trust: 'trusted' });
    const roles = [{ pointer: '/text', role: 'content' }];
    requireDone(
      await gateway.operator('PUT', `${path}/classification`, {
        ...said,
        argumentRoles: roles,
        resultLabels: trusted,
      }),
    );
    expect(await waitForRecord(gateway, 'upstream.tool_classified')).toMatchObject({
      body: { argumentRoles: roles, resultLabels: trusted, before: { resultLabels: before.resultLabels } },
    });
    const agent = await gateway.enrol({ name: 'believer' });
    expect(isResult(await say(agent, 'in'))).toBe(true);
    expect(isResult(await say(agent, 'out'))).toBe(true);
    expect(await readTask(agent.task)).toMatchObject({
      labels: { trust: 'trusted', sensitivity: 'secret', audience: ['domain:home.org'] },
    });
    for (const bad of [
      { ...trusted, audience: ['everyone'] },
      { ...trusted, fields: [{ path: '/a~', trust: 'trusted' }] },
      { ...trusted, fields: Array.from({ length: 201 }, (_, n) => ({ path: `f${n}` })) },
    ])
      expect(
        (await gateway.operator('PUT', `${path}/classification`, { ...said, resultLabels: bad })).status,
      ).toBe(400);
    const untrusted = { ...trusted, trust: 'untrusted', sensitivity: 'internal', audience: 'anyone' };
    requireDone(
      await gateway.operator('PUT', `${path}/classification`, { ...said, resultLabels: untrusted }),
    );
  });
});

describe('task.declassify', () => {
  const sign = async (person: TestPerson, id: string) => {
    const path = `/v1/tasks/declassifications/${id}`;
    const asked = await person.request('POST', `${path}/challenge`, {});
    const { challenge } = asked.json as { challenge?: string };
    if (challenge === undefined) return asked;
    return person.request('POST', `${path}/sign`, { assertion: person.passkey.assert(challenge) });
  };

  it('lifts what was read so far, for the calls that a person signed for, and nothing that is read later', async () => {
    const { gateway } = scene();
    const agent = await gateway.enrol({ name: 'lifted' });
    expect(isResult(await say(agent, 'in'))).toBe(true);
    await expectDenied(agent);
    const path = `/v1/tasks/${agent.task}/declassify`;
    const wanted = { label: 'untrusted', calls: 2, reason: 'I read that <b>mail</b> myself' };
    const { id } = requireDone<{ id: string }>(await gateway.operator('POST', path, wanted));
    await expectDenied(agent);

    const { administrator } = gateway;
    const page = await administrator.request('GET', `/tasks/declassifications/${id}`);
    expect([page.status, page.body.includes('&lt;b&gt;mail')]).toEqual([200, true]);
    const started = await gateway.operator('POST', `/v1/tasks/declassifications/${id}/challenge`, {});
    expect(started.json).toMatchObject({ code: 'person.forbidden' });
    requireDone(await sign(administrator, id));
    expect((await sign(administrator, id)).json).toMatchObject({ code: 'task.declassification_not_open' });
    expect(await readTask(agent.task)).toMatchObject({
      labels: { trust: 'trusted' },
      lifted: [{ id, label: 'untrusted', callsLeft: 2 }],
    });
    expect(await waitForRecord(gateway, 'task.declassified')).toMatchObject({
      task: agent.task,
      person: administrator.id,
      body: { declassification: id, label: 'untrusted', calls: 2 },
    });
    expect(isResult(await say(agent, 'out'))).toBe(true);
    // That call read something, too.
    await expectDenied(agent);
  });

  it('is refused once the task has read more with that label than was shown, or the server was restarted', async () => {
    const { gateway } = scene();
    const agent = await gateway.enrol({ name: 'reading-on' });
    const path = `/v1/tasks/${agent.task}/declassify`;
    const wanted = { label: 'untrusted', calls: 1, reason: 'I read that' };
    const propose = async () => requireDone<{ id: string }>(await gateway.operator('POST', path, wanted)).id;
    const notOpen = { code: 'task.declassification_not_open' };
    expect(isResult(await say(agent, 'in'))).toBe(true);
    const overtaken = await propose();
    expect(isResult(await say(agent, 'in'))).toBe(true);
    expect((await sign(gateway.administrator, overtaken)).json).toMatchObject(notOpen);
    const forgotten = await propose();
    await gateway.restart();
    expect((await sign(gateway.administrator, forgotten)).json).toMatchObject(notOpen);
    requireDone(await sign(gateway.administrator, await propose()));
    const both = await Promise.all([say(agent, 'out'), say(agent, 'out')]);
    expect(both.filter(isResult)).toHaveLength(1);
  });

  it('is for people who may, in time, of tasks that have such a label', async () => {
    const { gateway } = scene();
    const agent = await gateway.enrol({ name: 'asking' });
    const path = `/v1/tasks/${agent.task}/declassify`;
    const wanted = { label: 'untrusted', reason: 'please' };
    const early = await gateway.operator('POST', path, wanted);
    expect(early.json).toMatchObject({ code: 'task.declassification_not_open' });
    expect(isResult(await say(agent, 'in'))).toBe(true);
    const own = await agent.agent.send({
      url: `${gateway.url}${path}`,
      token: await agent.agent.token(),
      message: wanted,
    });
    expect(own.json).toMatchObject({ code: 'person.forbidden' });
    const { id } = requireDone<{ id: string }>(await gateway.operator('POST', path, wanted));
    const owner = await gateway.invite('Grace', ['owner', 'approver']);
    expect((await sign(owner, id)).json).toMatchObject({ code: 'person.forbidden' });
    gateway.advance(15 * 60_000);
    expect((await sign(gateway.administrator, id)).status).toBeGreaterThanOrEqual(400);
    for (const bad of [{ minutes: 61 }, { calls: 0 }, { label: 'public' }, { reason: '' }])
      expect((await gateway.operator('POST', path, { ...wanted, ...bad })).status).toBe(400);
  });
});
