import Anthropic from '@anthropic-ai/sdk';
import { Agent, generateAgentKey, modelOptions, type Task } from '@countersign/sdk';
import { connectMcp } from '@countersign/sdk/mcp';
import OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { readEvidence } from '../scenarios/ground/read-evidence.ts';
import { useModels } from '../scenarios/ground/use-models.ts';
import { requireDone, SECRET } from '../scenarios/ground/use-scene.ts';

const scene = useModels();
const pay = { id: 'call_1', name: 'shop__echo', arguments: { text: 'ann' } };
let agent: Agent;
let task: Task;

beforeAll(async () => {
  const { gateway } = scene();
  const { key } = await generateAgentKey();
  const ownerId = gateway.administrator.id;
  const facts = { name: 'model-bot', ownerId, purpose: 'Tests', environment: 'development' };
  const { id: agentId } = requireDone<{ id: string }>(
    await gateway.operator('POST', '/v1/agents', { ...facts, jwk: key.publicJwk }),
  );
  const limits = {
    ...{
      upstreams: '*',
      effects: ['read', 'write', 'spend', 'admin', 'egress'],
      spendMinor: 100,
      currency: 'EUR',
    },
    actions: ['openai/chat', 'openai/responses', 'openai/models', 'anthropic/*', 'shop/*'],
    expiresAt: Date.now() + 3_600_000,
  };
  requireDone(
    await gateway.operator('POST', '/v1/delegations', {
      ...{ agentId, fromPersonId: ownerId, purpose: 'Tests', isDefault: true, limits },
    }),
  );
  agent = await Agent.create({ url: gateway.url, agentId, key });
  task = await agent.openTask({ purpose: 'Ask models' });
});

const readLast = () => readEvidence(scene().gateway, { agent: agent.agentId });
/** A tool with whatever arguments the script gives it. */
const parameters = { type: 'object', properties: { text: { type: 'string' } } } as const;

describe('models.openai-client: the official client of OpenAI', () => {
  const connect = () => new OpenAI(modelOptions(task, 'openai'));

  it('asks, is answered, and its calls of tools are linked to what they follow from', async () => {
    const { model, gateway } = scene();
    const openai = connect();
    model.say({ toolCalls: [pay] }, { text: 'paid' });
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'pay ann' }];
    const tools = [{ type: 'function' as const, function: { name: pay.name, parameters } }];
    const first = await openai.chat.completions.create({ model: 'gpt-9', messages, tools });
    const answered = first.choices[0]?.message;
    const [call] = answered?.tool_calls ?? [];
    if (answered === undefined || call?.type !== 'function') throw new Error('no call');
    const said = await readLast();
    const client = await connectMcp(task, 'shop');
    const result = await client.callTool({ name: 'echo', arguments: JSON.parse(call.function.arguments) });
    await client.close();
    const made = await readEvidence(gateway, { agent: agent.agentId, tool: 'shop/echo' });
    expect(made.intent).toMatchObject({ toolCall: 'call_1', body: { predicted: true } });
    expect(made.intent.causes).toContain(said.outcome.id);
    const content = JSON.stringify(result.content);
    messages.push(answered, { role: 'tool', tool_call_id: call.id, content });
    const second = await openai.chat.completions.create({ model: 'gpt-9', messages });
    expect(second.choices[0]?.message.content).toBe('paid');
    const { intent } = await readLast();
    expect(intent.causes).toContain(made.outcome.id);
    expect(intent).toMatchObject({
      body: { model: { messages: [{ in: said.intent.id }, { in: said.outcome.id }, {}] } },
    });
  });

  it('streams, in both of its APIs', async () => {
    const { model } = scene();
    const openai = connect();
    model.say({ text: 'bit by bit' }, { text: 'bit by bit', toolCalls: [pay] });
    const body = {
      model: 'gpt-9',
      messages: [{ role: 'user' as const, content: 'x' }],
      stream: true as const,
    };
    let text = '';
    for await (const chunk of await openai.chat.completions.create(body))
      text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('bit by bit');
    const stream = openai.responses.stream({ model: 'gpt-9', input: 'x' });
    expect((await stream.finalResponse()).output_text).toBe('bit by bit');
    expect((await readLast()).outcome).toMatchObject({
      body: { model: { text: 'bit by bit', understood: true, toolCalls: [{ id: 'call_1' }] } },
    });
  });

  it('reads a refusal as it reads those of its provider, and does not repeat what no repeating helps', async () => {
    const { model, gateway } = scene();
    const before = model.requests.length;
    const refused = connect().embeddings.create({ model: 'e', input: 'x' });
    await expect(refused).rejects.toMatchObject({ status: 403, code: 'action.not_in_limits' });
    expect(model.requests.length).toBe(before);
    const denied = await gateway.records({
      kind: 'action.decision',
      agent: agent.agentId,
      tool: 'openai/embeddings',
    });
    expect(denied.length).toBe(1);
    expect((await connect().models.list()).data[0]?.id).toBe('fake-1');
  });
});

describe('models.anthropic-client: the official client of Anthropic', () => {
  const connect = () => new Anthropic(modelOptions(task, 'anthropic', 'anthropic'));
  const ask = { model: 'claude-9', max_tokens: 99, messages: [{ role: 'user' as const, content: 'x' }] };

  it('asks, streams and counts with no key of its own', async () => {
    const { model } = scene();
    const anthropic = connect();
    model.say({ text: 'hello' }, { text: 'bit by bit', toolCalls: [{ ...pay, id: 'toolu_1' }] });
    const whole = await anthropic.messages.create({ ...ask, system: 'Be kind' });
    expect(whole.content).toMatchObject([{ type: 'text', text: 'hello' }]);
    expect(model.requests.at(-1)?.headers).toMatchObject({ 'x-api-key': SECRET });
    const streamed = await anthropic.messages.stream(ask).finalMessage();
    expect(streamed.content).toMatchObject([
      { type: 'text', text: 'bit by bit' },
      { type: 'tool_use', id: 'toolu_1', input: { text: 'ann' } },
    ]);
    expect((await readLast()).outcome).toMatchObject({
      body: { model: { finish: 'tool_use', toolCalls: [{ id: 'toolu_1' }] } },
    });
    expect(await anthropic.messages.countTokens({ model: 'claude-9', messages: ask.messages })).toMatchObject(
      {
        input_tokens: 42,
      },
    );
    expect((await anthropic.models.list()).data[0]?.id).toBe('fake-1');
  });

  it('reads a refusal as it reads those of its provider', async () => {
    const tools = [{ type: 'web_search_20250305' as const, name: 'web_search' as const }];
    const refused = connect().messages.create({ ...ask, tools });
    await expect(refused).rejects.toBeInstanceOf(Anthropic.PermissionDeniedError);
    await expect(refused).rejects.toThrow('web_search');
  });
});
