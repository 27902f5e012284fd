import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createCaller } from './ground/create-caller.ts';
import { type Evidence, readEvidence } from './ground/read-evidence.ts';
import { askModel, type ModelScene, useModels } from './ground/use-models.ts';
import { SECRET } from './ground/use-scene.ts';

const scene = useModels();
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
const pay = { id: 'call_pay', name: 'shop__echo', arguments: '{"text": "ann"}' };
const argumentsDigest = digest('{"text":"ann"}');

interface ModelBody {
  readonly model: { readonly messages: readonly { readonly [member: string]: unknown }[] };
}

async function ask(
  world: Pick<ModelScene, 'gateway' | 'caller'>,
  body: object,
  target = 'openai/v1/chat/completions',
): Promise<Evidence> {
  const reply = await askModel(world, target, body);
  expect(reply.status, reply.body).toBe(200);
  return readEvidence(world.gateway, { agent: world.caller.agent.agentId });
}

const readModel = ({ intent }: Evidence) => (intent.body as ModelBody).model;

describe('models.recorded', () => {
  it('each text once: what was said before is named by the record that has it', async () => {
    const { gateway, model } = scene();
    const world = { gateway, caller: await gateway.enrol() };
    const system = { role: 'system', content: 'Be kind' };
    const hello = { role: 'user', content: 'hello' };
    model.say({ text: 'hi there' });
    const first = await ask(world, { model: 'gpt-9', temperature: 0.5, messages: [system, hello] });
    expect(first.intent.body).toMatchObject({
      arguments: { body: { model: 'gpt-9', temperature: 0.5 } },
      model: {
        ...{
          provider: 'openai',
          asked: 'gpt-9',
          systemDigest: digest('Be kind'),
          system: { text: 'Be kind' },
        },
        messages: [{ role: 'user', text: 'hello' }],
      },
    });
    expect(first.outcome.body).toMatchObject({
      model: {
        id: 'gpt-9',
        finish: 'stop',
        text: 'hi there',
        understood: true,
        usage: { input: 11, output: 7 },
      },
    });
    const messages = [
      system,
      hello,
      { role: 'assistant', content: 'hi there' },
      { role: 'user', content: 'more' },
    ];
    const second = await ask(world, { model: 'gpt-9', messages });
    expect(readModel(second)).toMatchObject({
      system: { in: first.intent.id },
      messages: [{ in: first.intent.id }, { in: first.outcome.id }, { role: 'user', text: 'more' }],
    });
    expect(JSON.stringify(second.intent)).not.toContain('hello');
    expect(JSON.stringify(second.intent)).not.toContain('hi there');
  });

  it.each([
    [
      'openai/v1/chat/completions',
      { messages: [{ role: 'user', content: 'x' }], stream_options: { include_usage: true } },
    ],
    ['openai/v1/responses', { input: 'x' }],
    ['anthropic/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }],
  ])('what a stream of %s says, as it says it whole', async (target, body) => {
    const { gateway, model } = scene();
    const world = { gateway, caller: await gateway.enrol() };
    for (const stream of [false, true]) {
      model.say({ text: 'I will', toolCalls: [pay], model: 'm-2', usage: { input: 3, output: 4 } });
      const { outcome } = await ask(world, { ...body, model: 'm', stream }, target);
      expect(outcome.body).toMatchObject({
        model: {
          ...{ id: 'm-2', text: 'I will', understood: true, usage: { input: 3, output: 4 } },
          toolCalls: [{ id: 'call_pay', name: 'shop__echo', argumentsDigest }],
        },
      });
    }
  });

  it('names no record for a text that it has not whole, however often it is said', async () => {
    const { gateway } = scene();
    const world = { gateway, caller: await gateway.enrol() };
    const messages = ['a', 'b', 'c', 'd', 'last'].map((letter) => ({
      role: 'user',
      content: letter === 'last' ? 'pay the stranger' : letter.repeat(32_768),
    }));
    const first = readModel(await ask(world, { model: 'm', messages }));
    expect(first.messages.at(-1)).toMatchObject({ text: '', characters: 16 });
    const second = readModel(await ask(world, { model: 'm', messages }));
    expect(second.messages[0]).toHaveProperty('in');
    expect(second.messages.at(-1)).toMatchObject({ text: 'pay the stranger' });
    expect(second.messages.at(-1)).not.toHaveProperty('in');
  });

  it('has a digest of all that has no room in it, and keeps what it does not know', async () => {
    const { gateway } = scene();
    const world = { gateway, caller: await gateway.enrol() };
    const many = Array.from({ length: 520 }, (_, at) => ({ role: 'user', content: String(at) }));
    const tools = (description: string) => [{ type: 'function', function: { name: 'pay', description } }];
    const say = async (word: string) => {
      const { intent } = await ask(world, {
        ...{ model: 'm', messages: [{ role: 'user', content: word }, ...many] },
        ...{ tools: tools(word), system: `foreign ${word}` },
      });
      return intent.body as { readonly arguments: object; readonly model: Record<string, unknown> };
    };
    const kind = await say('kind');
    const cruel = await say('cruel');
    for (const name of ['toolsDigest', 'inputDigest', 'earlierDigest']) {
      expect(kind.model[name]).toMatch(/^[\w-]{43}$/);
      expect(kind.model[name]).not.toBe(cruel.model[name]);
    }
    expect(kind.arguments).toMatchObject({ body: { system: 'foreign kind' } });
    const input = [[1, 2, 3]];
    const turned = await ask(world, { model: 'm', input }, 'openai/v1/embeddings');
    expect(turned.intent.body).toMatchObject({ arguments: { body: { input } } });
  });

  it('has no credential that somebody pasted into a prompt, wherever it stands', async () => {
    const { gateway, model } = scene();
    const world = { gateway, caller: await gateway.enrol() };
    const key = `ghp_${'a'.repeat(36)}`;
    model.say({ text: `your key is "${key}"` });
    const messages = [
      { role: 'system', content: `key=${key},` },
      { role: 'user', content: `use ${key}.` },
    ];
    const { intent, outcome } = await ask(world, { model: 'm', messages, user: `of "${key}"` });
    expect(intent.body).toMatchObject({ model: { messages: [{ text: 'use [left out: a secret].' }] } });
    for (const record of [intent, outcome]) expect(JSON.stringify(record)).not.toContain(key);
  });

  it('says plainly what it did not understand, which passes all the same', async () => {
    const { gateway, model } = scene();
    const world = { gateway, caller: await gateway.enrol() };
    model.say({ raw: ['data: {"broken\n\n', `data: ${SECRET}\n\n`] });
    const body = { model: 'm', stream: true, messages: [] };
    const reply = await askModel(world, 'openai/v1/chat/completions', body);
    expect(reply.body).toContain('data: {"broken');
    expect(reply.body).not.toContain(SECRET);
    const { outcome } = await readEvidence(gateway, { agent: world.caller.agent.agentId });
    expect(outcome.body).toMatchObject({ status: 'completed', model: { understood: false } });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });
});

describe('models.predicted', () => {
  it('the call that a model asked for follows from what it said, once, and the next prompt from the call', async () => {
    const { gateway, model, shop } = scene();
    const caller = await gateway.enrol();
    const world = { gateway, caller };
    const agent = caller.agent.agentId;
    const question = { role: 'user', content: 'pay ann' };
    model.say({ toolCalls: [pay] });
    const asked = await ask(world, { model: 'm', stream: true, messages: [question] });
    const mcp = createCaller(caller, shop);
    await mcp.call('echo', { text: 'ann' });
    const made = await readEvidence(gateway, { agent, tool: 'shop/echo' });
    expect(made.intent).toMatchObject({ toolCall: 'call_pay', body: { predicted: true } });
    expect(made.intent.causes).toContain(asked.outcome.id);
    expect(made.outcome).toMatchObject({ toolCall: 'call_pay' });

    await mcp.call('echo', { text: 'ann' });
    const again = await readEvidence(gateway, { agent, tool: 'shop/echo' });
    expect(again.intent).toMatchObject({ body: { predicted: false } });
    expect(again.intent).not.toHaveProperty('toolCall');

    const told = [
      question,
      {
        role: 'assistant',
        tool_calls: [
          { id: 'call_pay', type: 'function', function: { name: pay.name, arguments: pay.arguments } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_pay', content: '{"text":"ann"}' },
    ];
    const next = await ask(world, { model: 'm', messages: told });
    expect(next.intent.causes).toContain(made.outcome.id);
    expect(readModel(next).messages).toMatchObject([
      { in: asked.intent.id },
      { in: asked.outcome.id, call: { id: 'call_pay' } },
      { role: 'tool', toolCall: 'call_pay', text: '{"text":"ann"}' },
    ]);
  });

  it('nothing is said of calls where no model has answered', async () => {
    const { gateway, shop } = scene();
    const caller = await gateway.enrol();
    await createCaller(caller, shop).call('echo', { text: 'x' });
    const { intent } = await readEvidence(gateway, { agent: caller.agent.agentId });
    expect(intent.body).not.toHaveProperty('predicted');
  });

  it("another task's, another tool's or other arguments are not what was asked for", async () => {
    const { gateway, model, shop } = scene();
    const [caller, other] = [await gateway.enrol(), await gateway.enrol()];
    for (const one of [caller, other]) {
      model.say({
        toolCalls:
          one === caller
            ? [pay]
            : [
                { ...pay, arguments: '{}' },
                { ...pay, name: 'shop__pay' },
              ],
      });
      await ask({ gateway, caller: one }, { model: 'm', messages: [] });
    }
    await createCaller(other, shop).call('echo', { text: 'ann' });
    const { intent } = await readEvidence(gateway, { agent: other.agent.agentId, tool: 'shop/echo' });
    expect(intent).toMatchObject({ body: { predicted: false } });
  });
});

describe('models.changed', () => {
  it('tells of each change, also of one back, and of none twice within the hour', async () => {
    const { gateway, model } = scene();
    const caller = await gateway.enrol();
    const world = { gateway, caller };
    const agent = caller.agent.agentId;
    const list = () => gateway.records({ kind: 'signal.model_changed', agent });
    const say = (name: string, system: string, answered = name) => {
      model.say({ model: answered });
      const messages = [
        { role: 'system', content: system },
        { role: 'user', content: 'x' },
      ];
      return ask(world, { model: name, messages });
    };
    for (let turn = 0; turn < 3; turn += 1) await say('gpt-9', 'Be kind');
    await say('gpt-9', 'Be cruel');
    await vi.waitFor(async () => expect(await list()).toHaveLength(1));
    await say('gpt-9', 'Be kind');
    await vi.waitFor(async () => expect(await list()).toHaveLength(2));
    const silent = await say('gpt-9', 'Be kind', 'gpt-9-mini');
    await vi.waitFor(async () => expect(await list()).toHaveLength(3));
    await say('gpt-9', 'Be kind');
    const [third, second, first] = await list();
    expect(first).toMatchObject({
      body: {
        changed: ['system'],
        before: { asked: 'gpt-9', systemDigest: digest('Be kind') },
        after: { systemDigest: digest('Be cruel') },
      },
    });
    expect(second).toMatchObject({ body: { before: { systemDigest: digest('Be cruel') } } });
    expect(third).toMatchObject({
      causes: [silent.outcome.id],
      body: { changed: ['model'], after: { answered: 'gpt-9-mini' } },
    });
    const listed = await gateway.operator('GET', `/v1/agents/${agent}/models`);
    expect(listed.json).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ answered: 'gpt-9-mini', toolsDigest: null })]),
    });
  });
});
