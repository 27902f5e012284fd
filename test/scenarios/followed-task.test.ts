import { mcpRequest, startEverythingUpstream, toolCall } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const CAPABLE = { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };

interface Followed {
  readonly taskId: string;
  readonly status: string;
  readonly result?: object;
}

describe('mcp.tasks', () => {
  const scene = useScene({ upstream: startEverythingUpstream });
  let caller: Caller;
  let other: Caller;
  let handle: string;
  beforeAll(async () => {
    const { gateway, url } = scene();
    caller = createCaller(await gateway.enrol(), url);
    other = createCaller(await gateway.enrol(), url);
  });

  const start = async (by: Caller, seconds: number): Promise<Followed> => {
    const { json } = await by.send(toolCall('slow_compute', { seconds, label: 'mine' }, CAPABLE));
    return (json as { result: Followed }).result;
  };
  const follow = (by: Caller, method: string, taskId: string) =>
    by.send(mcpRequest(method, { taskId }, CAPABLE), { headers: { 'mcp-name': taskId } });
  const read = async (taskId: string): Promise<Followed> =>
    ((await follow(caller, 'tasks/get', taskId)).json as { result: Followed }).result;

  it('gives a handle of its own, not the upstream’s', async () => {
    const { upstream } = scene();
    const started = await start(caller, 0.2);
    handle = started.taskId;
    expect(started).toMatchObject({ resultType: 'task', status: 'working' });
    await expect.poll(async () => (await read(handle)).status).toBe('completed');
    const done = await read(handle);
    expect(done).toMatchObject({ taskId: handle, result: { content: [{ text: 'computed mine' }] } });
    // What the upstream is asked for is an id of its own, which the agent never sees.
    const asked = upstream.journal.entries.filter(({ method }) => method === 'tasks/get');
    expect(asked.length).toBeGreaterThan(0);
    for (const { headers } of asked) expect(headers['mcp-name']).not.toBe(handle);
  });

  it('is of no use to another agent, also for cancelling', async () => {
    const { upstream } = scene();
    const before = upstream.journal.entries.length;
    for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
      expect(readRefusal(await follow(other, method, handle))).toBe('action.resource_unknown');
    }
    expect(readRefusal(await follow(caller, 'tasks/get', `${handle}A`))).toBe('action.resource_unknown');
    expect(upstream.journal.entries).toHaveLength(before);
  });

  it('lets its agent cancel, on record', async () => {
    const { gateway } = scene();
    const { taskId } = await start(caller, 60);
    requireDone(await follow(caller, 'tasks/cancel', taskId));
    const { intent, outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(intent).toMatchObject({ body: { operation: 'follow_up', method: 'tasks/cancel' } });
    expect(outcome).toMatchObject({ body: { status: 'completed' } });
    expect((await read(taskId)).status).toBe('cancelled');
  });

  it('ends with its agent', async () => {
    const { gateway } = scene();
    const { taskId } = await start(other, 60);
    const stop = { scope: 'agent', target: other.agentId, reason: 'Drill' };
    requireDone(await gateway.operator('POST', '/v1/signals', stop));
    expect(readRefusal(await follow(other, 'tasks/get', taskId))).toBe('signal.stopped');
  });
});
