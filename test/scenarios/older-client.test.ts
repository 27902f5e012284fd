import {
  createSessionClient,
  everythingProgram,
  type SessionClient,
  startEverythingUpstream,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvidence } from './ground/read-evidence.ts';
import { startWaitingUpstream } from './ground/start-waiting-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ upstream: startWaitingUpstream });
const urls: { [upstream: string]: string } = {};
let everything: Upstream;
beforeAll(async () => {
  const { gateway } = scene();
  everything = await startEverythingUpstream();
  urls.modern = await gateway.addUpstream('modern', { url: everything.url });
  urls.program = await gateway.addUpstream('program', { program: everythingProgram() });
  urls.shop = scene().url;
}, 60_000);
afterAll(() => everything?.close());

const kinds = ['modern', 'program'];

async function connect(upstream: string, options: { capabilities?: object; revision?: string } = {}) {
  const enrolled = await scene().gateway.enrol();
  const url = urls[upstream] ?? '';
  const client = await createSessionClient({ ...enrolled, url, ...options });
  return { ...enrolled, client, url };
}

async function readText(client: SessionClient, tool: string, args: object = {}) {
  const { result } = await client.ask('tools/call', { name: tool, arguments: args });
  return (result?.content as readonly { text: string }[] | undefined)?.[0]?.text;
}

describe('mcp.older-clients', () => {
  it.each(kinds)('initialize, list, call and end before an upstream: %s', async (upstream) => {
    const { client, agent } = await connect(upstream);
    expect(client.sessionId).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(client.server).toMatchObject({
      protocolVersion: '2025-11-25',
      serverInfo: { name: 'everything', version: '1.0.0' },
      capabilities: { tools: { listChanged: true }, logging: {}, resources: { subscribe: true } },
    });
    expect(await client.ask('ping')).toMatchObject({ result: {} });
    const { result } = await client.ask('tools/list');
    expect(Object.keys(result ?? {})).toEqual(['tools']);
    expect(await readText(client, 'greet', { name: 'Ada' })).toBe('Hello, Ada!');
    const { outcome, intent } = await readEvidence(scene().gateway, {
      agent: agent.agentId,
      tool: `${upstream}/greet`,
    });
    expect(intent).toMatchObject({
      body: { operation: 'call', method: 'tools/call', arguments: { name: 'Ada' } },
    });
    expect(outcome).toMatchObject({ body: { status: 'completed' } });
    expect((await client.send({ method: 'DELETE' })).status).toBe(204);
    expect((await client.request('ping')).status).toBe(404);
  });

  it.each(['2025-06-18', '2025-03-26'])('of revision %s are answered in it', async (revision) => {
    const { client } = await connect('modern', { revision });
    expect(client.server.protocolVersion).toBe(revision);
    expect(await readText(client, 'greet', { name: 'Ada' })).toBe('Hello, Ada!');
  });

  it('of a revision we do not speak are offered the newest that has sessions', async () => {
    const { client } = await connect('modern', { revision: '2024-11-05' });
    expect(client.server.protocolVersion).toBe('2025-11-25');
  });

  it('are answered with plain JSON when that is all there is to say', async () => {
    const { client } = await connect('modern');
    const reply = await client.request('tools/call', { name: 'test_simple_text', arguments: {} });
    expect(reply.headers.get('content-type')).toBe('application/json');
  });

  it('hear a refusal as a result, and an unknown method as an error', async () => {
    const { client } = await connect('modern');
    const refused = await client.ask('tools/call', { name: 'greet', arguments: { name: 5 } });
    expect(refused.result).toMatchObject({ isError: true });
    expect(refused.result).not.toHaveProperty('resultType');
    for (const method of ['server/discover', 'subscriptions/listen', 'tasks/get', 'no/such']) {
      const reply = await client.request(method);
      expect(reply.status).toBe(200);
      expect(await reply.message()).toMatchObject({ error: { code: -32601 } });
    }
  });

  it.each(kinds)('hear progress and log messages of a call on its stream: %s', async (upstream) => {
    const { client } = await connect(upstream);
    const reply = await client.request('tools/call', {
      name: 'test_tool_with_progress',
      arguments: {},
      _meta: { progressToken: 'mine' },
    });
    await reply.ended;
    expect(reply.events.slice(0, -1).map(({ message }) => message.params)).toMatchObject([
      { progressToken: 'mine', progress: 0 },
      { progressToken: 'mine', progress: 50 },
      { progressToken: 'mine', progress: 100 },
    ]);
    expect(await reply.message()).toHaveProperty('result.content');
    const silent = await client.request('tools/call', { name: 'test_logging_tool', arguments: {} });
    expect(await silent.message()).toHaveProperty('result');
    // A program of the earlier revision may decide for itself until it is told.
    if (upstream === 'modern') expect(silent.events).toEqual([]);
    expect(await client.ask('logging/setLevel', { level: 'debug' })).toMatchObject({ result: {} });
    const logged = await client.request('tools/call', { name: 'test_logging_tool', arguments: {} });
    await logged.ended;
    expect(logged.events.map(({ message }) => message.method)).toEqual(['notifications/message', undefined]);
    expect((await client.ask('logging/setLevel', { level: 'loud' })).error).toBeDefined();
  });

  it('resume a stream where they lost it, and hear each message once', async () => {
    const { client } = await connect('modern');
    const params = { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 1 } };
    const first = await client.request('tools/call', params);
    await expect.poll(() => first.events.length).toBeGreaterThan(0);
    const last = first.events[0];
    first.drop();
    const rest = await client.listen(last?.id);
    await rest.ended;
    const numbers = [last, ...rest.events].map((event) => event?.message.params?.progress);
    expect(numbers).toEqual([0, 50, 100, undefined]);
    expect(await rest.message()).toMatchObject({ result: { content: [{ text: '1' }] } });
    const again = await client.listen(first.ids[0]);
    await again.ended;
    expect(again.events).toHaveLength(4);
  });

  it('cancel a call by name, which ends it at the upstream too', async () => {
    const { client, agent } = await connect('shop');
    const abandoned = scene().upstream.abandoned();
    const waiting = client.request('tools/call', { name: 'wait', arguments: {} }, 'mine');
    await expect.poll(() => scene().upstream.journal.calls('wait').length).toBe(1);
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'mine' } };
    const sent = await client.send({ message: cancelled });
    expect(sent.status, JSON.stringify(await sent.message())).toBe(202);
    await expect.poll(() => scene().upstream.abandoned()).toBe(abandoned + 1);
    expect(await (await waiting).message()).toMatchObject({ error: { data: { code: 'action.aborted' } } });
    const { outcome } = await readEvidence(scene().gateway, { agent: agent.agentId, tool: 'shop/wait' });
    expect(outcome).toMatchObject({ body: { status: 'cut', code: 'action.aborted' } });
  });

  it('hear of changed lists on the stream of their session', async () => {
    const { client } = await connect('modern');
    const stream = await client.listen();
    expect(stream.status).toBe(200);
    await expect
      .poll(async () => {
        await client.ask('tools/call', { name: 'test_trigger_prompt_change', arguments: {} });
        return stream.events.map(({ message }) => message);
      })
      .toContainEqual({ jsonrpc: '2.0', method: 'notifications/prompts/list_changed', params: {} });
    // The newest connection takes the place of the one before.
    const next = await client.listen();
    await stream.ended;
    expect(next.status).toBe(200);
    next.drop();
  });

  it.each(kinds)('subscribe to a resource and leave it again: %s', async (upstream) => {
    const { client, agent } = await connect(upstream);
    const uri = 'test://watched-resource';
    expect(await client.ask('resources/subscribe', { uri })).toMatchObject({ result: {} });
    expect(await client.ask('resources/subscribe', { uri })).toMatchObject({ result: {} });
    const intents = await scene().gateway.records({ agent: agent.agentId, kind: 'action.intent' });
    const subscriptions = intents.filter(
      ({ body }) => (body as { operation: string }).operation === 'subscribe',
    );
    expect(subscriptions).toMatchObject([{ body: { target: uri } }]);
    expect(await client.ask('resources/unsubscribe', { uri })).toMatchObject({ result: {} });
    await expect
      .poll(async () => {
        const filter = { agent: agent.agentId, kind: 'action.outcome' };
        return (await scene().gateway.records(filter)).map(({ body }) => (body as { code?: string }).code);
      })
      .toContain('action.aborted');
  });

  it('fall asleep with their task, and go on with the next one under the same delegation', async () => {
    const { client, agent, task, delegation, url } = await connect('modern');
    const stream = await client.listen();
    requireDone(await agent.endTask(task));
    await stream.ended;
    expect(stream.events).toEqual([]);
    expect(await client.ask('ping')).toMatchObject({ error: { data: { code: 'task.not_open' } } });
    const next = await agent.openTask({ delegationId: delegation, purpose: 'Another' });
    const token = await agent.token({ task: next.id, resource: [url] });
    const message = { jsonrpc: '2.0', id: 99, method: 'ping' };
    expect((await client.send({ message, as: { agent, token } })).status).toBe(200);
  });
});

describe('mcp.older-clients-asked', () => {
  const capabilities = { sampling: {}, elicitation: {}, roots: {} };

  it.each(kinds)('answer what an upstream asks in the middle of a call: %s', async (upstream) => {
    const { client, agent } = await connect(upstream, { capabilities });
    const reply = await client.request('tools/call', { name: 'test_sampling', arguments: { prompt: 'hi' } });
    await expect.poll(() => reply.events.length).toBe(1);
    const asked = reply.events[0]?.message;
    expect(asked).toMatchObject({
      method: 'sampling/createMessage',
      params: { messages: [{ content: { text: 'hi' } }] },
    });
    const said = { role: 'assistant', model: 'm', content: { type: 'text', text: 'hello' } };
    expect((await client.answer(asked?.id, { result: said })).status).toBe(202);
    expect(JSON.stringify(await reply.message())).toContain('hello');
    // Both rounds took the path, each under a proof of its own.
    const filter = { agent: agent.agentId, kind: 'action.outcome', tool: `${upstream}/test_sampling` };
    await expect
      .poll(async () =>
        (await scene().gateway.records(filter)).map(({ body }) => (body as { status: string }).status),
      )
      .toEqual(['completed', 'input_required']);
  });

  it.each(kinds)('are asked several things at once: %s', async (upstream) => {
    const { client } = await connect(upstream, { capabilities });
    const call = { name: 'test_input_required_result_multiple_inputs', arguments: {} };
    const reply = await client.request('tools/call', call);
    const answers: { readonly [method: string]: object } = {
      'elicitation/create': { action: 'accept', content: { name: 'Ada' } },
      'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 'Hi' } },
      'roots/list': { roots: [{ uri: 'file:///a' }] },
    };
    for (let answered = 0; answered < 3; answered++) {
      await expect.poll(() => reply.events.length).toBeGreaterThan(answered);
      const asked = reply.events[answered]?.message;
      await client.answer(asked?.id, { result: answers[asked?.method ?? ''] ?? {} });
    }
    expect(await reply.message()).toMatchObject({ result: { content: [{ text: 'Hi Ada, 1 root(s)' }] } });
  });

  it.each([
    ['program', undefined],
    ['modern', 'action.input_refused'],
  ])('may refuse an answer: %s', async (upstream, code) => {
    const { client } = await connect(upstream, { capabilities });
    const reply = await client.request('tools/call', { name: 'test_sampling', arguments: { prompt: 'hi' } });
    await expect.poll(() => reply.events.length).toBe(1);
    await client.answer(reply.events[0]?.message.id, { error: { code: -1, message: 'no' } });
    const result = (await reply.message())?.result as { isError: boolean; _meta?: object };
    expect(result.isError).toBe(true);
    if (code !== undefined) expect(result._meta).toMatchObject({ 'countersign/refusal': { code } });
  });

  it.each(kinds)('are asked nothing that they did not say they can answer: %s', async (upstream) => {
    const { client } = await connect(upstream);
    const reply = await client.request('tools/call', { name: 'test_sampling', arguments: { prompt: 'hi' } });
    const message = (await reply.message()) as { result?: { isError?: boolean }; error?: object };
    expect(reply.events.length).toBeLessThanOrEqual(1);
    expect(message.error !== undefined || message.result?.isError === true).toBe(true);
  });
});
