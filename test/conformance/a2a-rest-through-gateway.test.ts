import { type Message, Role, type StreamResponse, type Task, TaskState } from '@a2a-js/sdk';
import { type EnrolledAgent, type PeerAgent, startPeerAgent } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeerClient } from '../scenarios/ground/create-peer-client.ts';
import { requireDone, type Scene, startScene } from '../scenarios/ground/use-scene.ts';

const POLICY = `
@id("all") permit (principal, action, resource);
@id("ask") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Countersign::Action::"clerk/message.correct", resource);
@id("never") forbid (principal, action == Countersign::Action::"clerk/message.lookup", resource);
`;

let scene: Scene;
let peer: PeerAgent;
let enrolled: EnrolledAgent;
let client: Awaited<ReturnType<typeof createPeerClient>>;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  peer = await startPeerAgent();
  ends.push(() => peer.close());
  scene = await startScene({}, ends);
  await scene.gateway.addUpstream('clerk', { peer: { url: peer.url } });
  requireDone(await scene.gateway.activatePolicy(POLICY));
  enrolled = await scene.gateway.enrol();
  client = await createPeerClient(scene.gateway, enrolled, 'clerk', 'HTTP+JSON');
}, 60_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const say = (text: string, more: Partial<Message> = {}) => ({
  ...{ tenant: '', configuration: undefined, metadata: undefined },
  message: {
    ...{ messageId: crypto.randomUUID(), role: Role.ROLE_USER, taskId: '', contextId: '' },
    parts: [
      { content: { $case: 'text' as const, value: text }, metadata: undefined, filename: '', mediaType: '' },
    ],
    ...{ metadata: undefined, extensions: [], referenceTaskIds: [] },
    ...more,
  },
});
const asTask = (result: unknown): Task => result as Task;
const look = (id: string) => client.getTask({ id, tenant: '', historyLength: undefined });
const kindOf = (event: StreamResponse) => (event as { payload?: { $case: string } }).payload?.$case;

function readApproval({ status }: Task): string {
  const { approval } = (status?.message?.metadata?.['countersign/approval'] ?? {}) as { approval?: string };
  if (approval === undefined) throw new Error('nobody was asked');
  return approval;
}

/** In plain HTTP, below the address of the peer. */
async function request(path: string, { method = 'GET', message = '', headers = {} } = {}) {
  const { agent, token } = enrolled;
  const url = `${scene.gateway.url}/a2a/clerk${path}`;
  const given = { 'a2a-version': '1.0', 'content-type': 'application/json', ...headers };
  const [htu = ''] = url.split('?', 1);
  return agent.send({ url, htu, token, message, method, headers: given });
}

describe('a client of the HTTP+JSON binding, by the official SDK', () => {
  it('peer.rest: finds both bindings in the card, sends a message and follows the task', async () => {
    const card = await client.getAgentCard();
    expect(card.supportedInterfaces.map(({ protocolBinding }) => protocolBinding)).toEqual([
      'JSONRPC',
      'HTTP+JSON',
    ]);
    const task = asTask(await client.sendMessage(say('hello')));
    expect(task.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
    expect(await look(task.id)).toMatchObject({ id: task.id, contextId: task.contextId });
    const stays = asTask(await client.sendMessage(say('stay here')));
    const { tasks } = await client.listTasks({
      ...{ tenant: '', contextId: stays.contextId, status: TaskState.TASK_STATE_WORKING, pageToken: '' },
      ...{ pageSize: 5, historyLength: undefined, statusTimestampAfter: undefined },
    });
    expect(tasks.map(({ id }) => id)).toEqual([stays.id]);
    const cancelled = await client.cancelTask({ id: stays.id, tenant: '', metadata: undefined });
    expect(cancelled.status?.state).toBe(TaskState.TASK_STATE_CANCELED);
    const kinds = (await scene.gateway.records({ agent: enrolled.agent.agentId })).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['action.intent', 'action.decision', 'action.outcome']));
  });

  it('peer.rest: gets what is said piece by piece', async () => {
    const kinds: unknown[] = [];
    for await (const event of client.sendMessageStream(say('slow please'))) kinds.push(kindOf(event));
    expect(kinds).toEqual(['task', 'artifactUpdate', 'artifactUpdate', 'artifactUpdate', 'statusUpdate']);
  });

  it('peer.rest: waits for a person as a task that needs authorization, which goes on for a subscriber', async () => {
    const { administrator } = scene.gateway;
    const asked = asTask(
      await client.sendMessage(say('slow correction', { metadata: { skill: 'correct' } })),
    );
    expect(asked.status?.state).toBe(TaskState.TASK_STATE_AUTH_REQUIRED);
    const kinds: unknown[] = [];
    for await (const event of client.resubscribeTask({ id: asked.id, tenant: '' })) {
      if (kinds.length === 0) requireDone(await administrator.decide(readApproval(asked), 'approve'));
      kinds.push(kindOf(event));
    }
    expect(kinds.slice(0, 2)).toEqual(['task', 'task']);
    expect(kinds.at(-1)).toBe('statusUpdate');
    expect(peer.asked.filter(({ text }) => text === 'slow correction')).toHaveLength(1);
    const refused = asTask(await client.sendMessage(say('look up', { metadata: { skill: 'lookup' } })));
    expect(refused.status?.state).toBe(TaskState.TASK_STATE_REJECTED);
  });

  it('peer.rest: tells what is wrong in the errors of the binding', async () => {
    await expect(look('x'.repeat(22))).rejects.toMatchObject({ name: 'TaskNotFoundError', statusCode: 404 });
    const other = await createPeerClient(scene.gateway, await scene.gateway.enrol(), 'clerk', 'HTTP+JSON');
    const mine = asTask(await client.sendMessage(say('stay mine')));
    await expect(other.getTask({ id: mine.id, tenant: '', historyLength: undefined })).rejects.toMatchObject({
      name: 'TaskNotFoundError',
    });
    const push = `/tasks/${mine.id}/pushNotificationConfigs`;
    const refused = await request(push, { method: 'POST', message: '{"url":"http://169.254.169.254/"}' });
    expect([refused.status, refused.json]).toEqual([
      400,
      { error: expect.objectContaining({ code: 400, status: 'FAILED_PRECONDITION' }) },
    ]);
    expect(refused.body).toContain('PUSH_NOTIFICATION_NOT_SUPPORTED');
    const older = await request(`/tasks/${mine.id}`, { headers: { 'a2a-version': '' } });
    expect([older.status, older.body]).toEqual([400, expect.stringContaining('VERSION_NOT_SUPPORTED')]);
  });

  it.each<readonly [string, number, Parameters<typeof request>[1]]>([
    ['/message:send', 405, { method: 'GET' }],
    ['/message:send', 400, { method: 'POST', message: '[]' }],
    ['/message:send', 400, { method: 'POST', message: '{"message":{"message":1,"message":2}}' }],
    ['/message:send', 415, { method: 'POST', message: '{}', headers: { 'content-type': 'text/plain' } }],
    ['/tasks?pageSize=-1', 400, {}],
    ['/tasks/..%2f..%2fv1%2fagents', 404, {}],
    ['/tenant/message:send', 404, { method: 'POST', message: '{}' }],
    ['/extendedAgentCard', 404, {}],
  ])('peer.rest: %s is refused with %i', async (path, status, how) => {
    const before = peer.asked.length;
    const refused = await request(path, how);
    expect([refused.status, refused.json]).toEqual([
      status,
      { error: expect.objectContaining({ code: status }) },
    ]);
    expect(peer.asked).toHaveLength(before);
  });

  it('peer.rest: is closed to whoever shows no token, and to pages of other sites', async () => {
    const url = `${scene.gateway.url}/a2a/clerk/tasks`;
    expect((await fetch(url, { headers: { 'a2a-version': '1.0' } })).status).toBe(401);
    expect((await request('/tasks', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });
});
