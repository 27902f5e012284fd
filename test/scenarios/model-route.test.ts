import { describe, expect, it } from 'vitest';
import { callApi } from './ground/call-api.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { askModel, useModels } from './ground/use-models.ts';
import { SECRET } from './ground/use-scene.ts';

const scene = useModels();
const question = { model: 'gpt-9', messages: [{ role: 'user', content: 'hello' }] };

describe('models.call', () => {
  it('goes to the provider with its key, and never with what the agent shows', async () => {
    const { model, caller, gateway } = scene();
    model.say({ text: 'hi' });
    const headers = { 'x-stainless-lang': 'js', 'openai-organization': 'org', 'x-api-key': caller.token };
    const reply = await askModel(scene(), 'openai/v1/chat/completions', question, { headers });
    expect(reply.status, reply.body).toBe(200);
    expect(reply.json).toMatchObject({ choices: [{ message: { content: 'hi' } }] });
    const arrived = model.requests.at(-1);
    expect(arrived).toMatchObject({ path: '/v1/chat/completions', body: question });
    expect(arrived?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'openai-organization': 'org',
    });
    expect(JSON.stringify(arrived)).not.toContain(caller.token);
    for (const name of ['dpop', 'x-api-key', 'x-stainless-lang'])
      expect(arrived?.headers).not.toHaveProperty(name);
    const { intent } = await readEvidence(gateway, { agent: caller.agent.agentId });
    expect(intent).toMatchObject({ upstream: 'openai', tool: 'chat', body: { front: 'models' } });
  });

  it('speaks to Anthropic likewise', async () => {
    const { model } = scene();
    model.say({ text: 'hi' });
    const body = { model: 'claude-9', max_tokens: 5, messages: [{ role: 'user', content: 'hello' }] };
    const headers = { 'anthropic-version': '2023-06-01' };
    const reply = await askModel(scene(), 'anthropic/v1/messages?beta=true', body, { headers });
    expect(reply.status, reply.body).toBe(200);
    expect(reply.json).toMatchObject({ content: [{ type: 'text', text: 'hi' }] });
    expect(model.requests.at(-1)?.headers).toMatchObject({
      'x-api-key': SECRET,
      'anthropic-version': '2023-06-01',
    });
    const counted = await askModel(scene(), 'anthropic/v1/messages/count_tokens', body, { headers });
    expect(counted.json).toEqual({ input_tokens: 42 });
  });

  it('lists models and makes embeddings, and knows no other path', async () => {
    const { gateway, caller } = scene();
    const list = await callApi(gateway, caller, 'GET', 'openai/v1/models', { door: 'models' });
    expect(list.json).toMatchObject({ data: [{ id: 'fake-1' }] });
    const made = await askModel(scene(), 'openai/v1/embeddings', { model: 'e', input: 'x' });
    expect(made.json).toMatchObject({ data: [{ embedding: [0.5, -0.5] }] });
    const other = await askModel(scene(), 'openai/v1/files', { model: 'e', input: 'x' });
    expect(other).toMatchObject({ status: 404, json: { countersign: { code: 'action.tool_unknown' } } });
  });
});

describe('models.streams', () => {
  it('passes each event on before the next one is there', async () => {
    const { model } = scene();
    const gate = Promise.withResolvers<void>();
    model.say({ text: 'streamed', gate: gate.promise });
    let seen = '';
    const first = Promise.withResolvers<void>();
    const reply = askModel(
      scene(),
      'openai/v1/chat/completions',
      { ...question, stream: true },
      {
        onData(text) {
          seen += text;
          first.resolve();
        },
      },
    );
    await first.promise;
    expect(seen).toContain('chat.completion.chunk');
    expect(seen).not.toContain('stre');
    gate.resolve();
    const { body, headers } = await reply;
    expect(headers['content-type']).toContain('text/event-stream');
    expect(body).toContain('data: [DONE]');
  });

  it('is cut when the agent is stopped', async () => {
    const { model, gateway } = scene();
    const caller = await gateway.enrol();
    const gate = Promise.withResolvers<void>();
    model.say({ text: 'secret plans', gate: gate.promise });
    const first = Promise.withResolvers<void>();
    const reply = askModel(
      { gateway, caller },
      'openai/v1/chat/completions',
      { ...question, stream: true },
      {
        onData: () => first.resolve(),
      },
    );
    await first.promise;
    const stop = { scope: 'agent', target: caller.agent.agentId, reason: 'Drill' };
    await gateway.operator('POST', '/v1/signals', stop);
    expect((await reply).status).toBe(0);
    gate.resolve();
    const { outcome } = await readEvidence(gateway, { agent: caller.agent.agentId });
    expect(outcome).toMatchObject({ body: { status: 'cut', code: 'signal.stopped' } });
  });
});
