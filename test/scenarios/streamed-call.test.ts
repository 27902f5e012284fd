import { mcpRequest, startEverythingUpstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from './ground/connect-client.ts';
import { createCaller } from './ground/create-caller.ts';
import { openStream } from './ground/open-stream.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { startWaitingUpstream } from './ground/start-waiting-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ upstream: startWaitingUpstream });
let everything: Awaited<ReturnType<typeof startEverythingUpstream>>;
let url: string;
beforeAll(async () => {
  everything = await startEverythingUpstream();
  url = await scene().gateway.addUpstream('everything', { url: everything.url });
}, 60_000);
afterAll(() => everything?.close());

describe('mcp.progress', () => {
  it('is passed on as it comes, before the result', async () => {
    const caller = createCaller(await scene().gateway.enrol(), url);
    const request = mcpRequest(
      'tools/call',
      { name: 'test_tool_with_progress', arguments: {} },
      { meta: { progressToken: 'mine' } },
    );
    const { events, ended } = await openStream(caller, url, request);
    await ended;
    const progress = events.slice(0, -1);
    expect(progress.map(({ method }) => method)).toEqual(Array(3).fill('notifications/progress'));
    expect(progress.map(({ params }) => params)).toMatchObject([
      { progressToken: 'mine', progress: 0 },
      { progressToken: 'mine', progress: 50 },
      { progressToken: 'mine', progress: 100 },
    ]);
    expect(events.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'mine' }] } });
    const { outcome } = await readEvidence(scene().gateway, { agent: caller.agentId });
    expect(outcome).toMatchObject({ body: { status: 'completed' } });
  });

  it('reaches the callback of an unmodified client', async () => {
    const { client } = await connectClient(scene().gateway, url);
    const heard: number[] = [];
    await client.callTool(
      { name: 'test_tool_with_progress', arguments: {} },
      { onprogress: ({ progress }) => heard.push(progress) },
    );
    await client.close();
    expect(heard).toEqual([0, 50, 100]);
  });
});

describe('mcp.cancellation', () => {
  it('of a caller who goes away ends the work at the upstream, and is recorded', async () => {
    const { gateway, upstream } = scene();
    const caller = createCaller(await gateway.enrol(), scene().url);
    const abandoned = upstream.abandoned();
    const leave = new AbortController();
    const reply = caller.call('wait', {}, { signal: leave.signal });
    await expect.poll(() => upstream.journal.calls('wait').length).toBe(1);
    leave.abort();
    expect((await reply).status).toBe(0);
    await expect.poll(() => upstream.abandoned()).toBe(abandoned + 1);
    const { outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(outcome).toMatchObject({ body: { status: 'cut', code: 'action.aborted' } });
  });

  it('by an unmodified client does the same', async () => {
    const { gateway, upstream } = scene();
    const { client, enrolled } = await connectClient(gateway, scene().url);
    const [calls, abandoned] = [upstream.journal.calls('wait').length, upstream.abandoned()];
    const leave = new AbortController();
    const result = client.callTool({ name: 'wait', arguments: {} }, { signal: leave.signal });
    const failed = expect(result).rejects.toThrow();
    await expect.poll(() => upstream.journal.calls('wait').length).toBe(calls + 1);
    leave.abort('no longer needed');
    await failed;
    await expect.poll(() => upstream.abandoned()).toBe(abandoned + 1);
    const { outcome } = await readEvidence(gateway, { agent: enrolled.agent.agentId, tool: 'shop/wait' });
    expect(outcome).toMatchObject({ body: { status: 'cut', code: 'action.aborted' } });
    await client.close();
  });
});

describe('mcp.subscription', () => {
  const wanted = { toolsListChanged: true, promptsListChanged: true };

  it('hears what it asked for, and ends with a stop of its agent', async () => {
    const { gateway } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const other = createCaller(await gateway.enrol(), url);
    const listen = mcpRequest('subscriptions/listen', { notifications: wanted }, { id: 'sub' });
    const { events, ended } = await openStream(caller, url, listen);
    await expect.poll(() => events.length).toBe(1);
    expect(events[0]).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: wanted },
    });
    await other.call('test_trigger_prompt_change', {});
    await expect.poll(() => events.length).toBe(2);
    expect(events[1]).toMatchObject({ method: 'notifications/prompts/list_changed' });

    const input = { scope: 'agent', target: caller.agentId, reason: 'Drill' };
    const stopped = await gateway.operator('POST', '/v1/signals', input);
    const { cut } = requireDone<{ cut: readonly string[] }>(stopped);
    await ended;
    expect(events.at(-1)).toMatchObject({ id: 'sub', error: { data: { code: 'signal.stopped' } } });
    const { intent, outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(intent).toMatchObject({ body: { operation: 'subscribe' } });
    expect(outcome).toMatchObject({ action: cut[0], body: { status: 'cut', code: 'signal.stopped' } });
  });

  it('ends with its task', async () => {
    const { gateway } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const listen = mcpRequest('subscriptions/listen', { notifications: wanted }, { id: 'sub' });
    const { events, ended } = await openStream(caller, url, listen);
    await expect.poll(() => events.length).toBe(1);
    requireDone(await caller.agent.endTask(caller.task));
    await ended;
    expect(events.at(-1)).toMatchObject({ error: { data: { code: 'task.not_open' } } });
  });
});
