import { type HttpReply, mcpRequest, toolCall } from '@countersign/testkit';
import { CreateTaskResultV2Schema, GetTaskResultV2Schema } from '@modelcontextprotocol/ext-tasks/core/v2';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller, readText } from './ground/create-caller.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });
const CAPABLE = { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };

let caller: Caller;
let other: Caller;

beforeAll(async () => {
  const { gateway, url } = scene();
  caller = createCaller(await gateway.enrol(), url);
  other = createCaller(await gateway.enrol(), url);
});

const resultOf = (reply: HttpReply) => (reply.json as { result: { [name: string]: unknown } }).result;
const follow = (taskId: string, { by = caller, method = 'tasks/get' } = {}) =>
  by.send(mcpRequest(method, { taskId }, CAPABLE), { headers: { 'mcp-name': taskId } });
const read = async (taskId: string) => GetTaskResultV2Schema.parse(resultOf(await follow(taskId)));

async function ask(to: string, meta?: object) {
  const options = meta === undefined ? CAPABLE : { ...CAPABLE, meta: { ...meta } };
  const reply = await caller.send(toolCall('pay', { ...PAYMENT, to }, options));
  const { taskId, status, statusMessage } = CreateTaskResultV2Schema.parse(resultOf(reply));
  return { taskId, status, statusMessage, approval: readAsked(reply) };
}

const paid = (to: string) =>
  scene()
    .upstream.journal.calls('pay')
    .filter(({ arguments: given }) => JSON.stringify(given).includes(`"${to}"`)).length;

describe('a call that waits for a person, for a client that follows tasks', () => {
  it('mcp.approval-task: is a task that works until somebody decides, and then runs once', async () => {
    const { gateway } = scene();
    const { taskId, status, statusMessage, approval } = await ask('DE10');
    expect(status).toBe('working');
    expect(statusMessage).toContain(`${gateway.url}/approvals/${approval}`);
    expect(await read(taskId)).toMatchObject({ taskId, status: 'working' });
    await gateway.administrator.decide(approval, 'approve');
    expect(paid('DE10')).toBe(0);
    const done = await read(taskId);
    expect(done).toMatchObject({ taskId, status: 'completed' });
    expect(JSON.stringify(done)).toContain('DE10');
    expect(await read(taskId)).toEqual(done);
    expect(paid('DE10')).toBe(1);
    // The next identical call is another one.
    expect((await ask('DE10')).taskId).not.toBe(taskId);
  });

  it('mcp.approval-task: runs once however many follow it at the same time', async () => {
    const { gateway } = scene();
    const { taskId, approval } = await ask('DE11');
    await gateway.administrator.decide(approval, 'approve');
    const seen = await Promise.all(Array.from({ length: 8 }, () => read(taskId)));
    for (const { status } of seen) expect(['working', 'completed']).toContain(status);
    await expect.poll(async () => (await read(taskId)).status).toBe('completed');
    expect(paid('DE11')).toBe(1);
  });

  it('mcp.approval-task: tells the model why it was refused', async () => {
    const { gateway } = scene();
    const { taskId, approval } = await ask('DE12');
    const { json } = await gateway.administrator.request('POST', `/v1/approvals/${approval}/deny`, {
      reason: 'not this account',
    });
    expect(json).toMatchObject({ state: 'denied' });
    const done = await read(taskId);
    expect(done).toMatchObject({ status: 'completed', result: { isError: true } });
    expect(JSON.stringify(done)).toContain('not this account');
    expect(paid('DE12')).toBe(0);
  });

  it('mcp.approval-task: is taken back by its agent, and cannot be approved then', async () => {
    const { gateway } = scene();
    const { taskId, approval } = await ask('DE13');
    expect(resultOf(await follow(taskId, { method: 'tasks/cancel' }))).toMatchObject({
      resultType: 'complete',
    });
    expect((await gateway.administrator.decide(approval, 'approve')).status).toBe(409);
    expect(await read(taskId)).toMatchObject({ status: 'completed', result: { isError: true } });
    expect(paid('DE13')).toBe(0);
  });

  it('mcp.approval-task-bound: is of no use to another agent, at another task, or when changed', async () => {
    const { gateway } = scene();
    const { taskId, approval } = await ask('DE14');
    await gateway.administrator.decide(approval, 'approve');
    expect(readRefusal(await follow(taskId, { by: other }))).toBe('action.resource_unknown');
    expect(readRefusal(await follow(`${taskId}A`))).toBe('action.resource_unknown');
    expect(readRefusal(await follow('approval.'))).toBe('action.resource_unknown');
    expect(paid('DE14')).toBe(0);
    expect(await read(taskId)).toMatchObject({ status: 'completed' });
  });

  it('mcp.approval-task-bound: is decided anew when it runs', async () => {
    const { gateway } = scene();
    const { taskId, approval } = await ask('DE15');
    await gateway.administrator.decide(approval, 'approve');
    await gateway.activatePolicy(
      '@id("none") forbid (principal, action in Countersign::Action::"effect:spend", resource); @id("all") permit (principal, action, resource);',
    );
    const done = await read(taskId);
    expect(done).toMatchObject({ status: 'completed', result: { isError: true } });
    expect(paid('DE15')).toBe(0);
    await gateway.activatePolicy(ASK_BEFORE_PAY);
  });

  it('mcp.approval-task: is said to have run when what came of it was lost with a restart', async () => {
    const { gateway } = scene();
    const { taskId, approval } = await ask('DE16');
    await gateway.administrator.decide(approval, 'approve');
    expect(await read(taskId)).toMatchObject({ status: 'completed' });
    await gateway.restart();
    expect(await read(taskId)).toMatchObject({ status: 'failed' });
    expect(paid('DE16')).toBe(1);
  });
});

describe('a call that waits for a person, for a client that only listens', () => {
  it('mcp.approval-held: is held with progress until it is decided', async () => {
    const { gateway } = scene();
    const call = toolCall('pay', { ...PAYMENT, to: 'DE20' }, { meta: { progressToken: 'p1' } });
    const replied = caller.send(call);
    let approval = '';
    await expect
      .poll(async () => {
        const { json } = await gateway.administrator.request('GET', '/v1/approvals');
        const { items } = json as { items: readonly { id: string }[] };
        approval = items.find((item) => JSON.stringify(item).includes('DE20'))?.id ?? '';
        return approval;
      })
      .not.toBe('');
    await gateway.administrator.decide(approval, 'approve');
    const reply = await replied;
    expect(reply.headers['content-type']).toContain('text/event-stream');
    expect(reply.body).toContain('waiting for the approver');
    expect(JSON.parse(readText(reply))).toMatchObject({ to: 'DE20' });
    expect(paid('DE20')).toBe(1);
  });
});
