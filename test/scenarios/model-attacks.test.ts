import { describe, expect, it } from 'vitest';
import { callApi } from './ground/call-api.ts';
import { createCaller } from './ground/create-caller.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { askModel, useModels } from './ground/use-models.ts';
import { requireDone, SECRET } from './ground/use-scene.ts';

const scene = useModels();
const chat = 'openai/v1/chat/completions';
const question = { model: 'm', messages: [{ role: 'user', content: 'x' }] };
const codeOf = ({ json }: { readonly json: { readonly [name: string]: unknown } }) =>
  (json.countersign as { readonly code?: string } | undefined)?.code;

describe('models.hosted', () => {
  it.each<[string, string, object]>([
    ['a search', chat, { ...question, web_search_options: {} }],
    [
      'a server that it would call',
      'openai/v1/responses',
      { model: 'm', input: 'x', tools: [{ type: 'mcp', server_url: 'https://e.example' }] },
    ],
    [
      'its own programs',
      'anthropic/v1/messages',
      { ...question, max_tokens: 1, tools: [{ type: 'code_execution_20250825' }] },
    ],
    [
      'an address',
      chat,
      {
        model: 'm',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://169.254.169.254/' } }] },
        ],
      },
    ],
    [
      'the picture of a screen elsewhere',
      'openai/v1/responses',
      {
        model: 'm',
        input: [
          { type: 'computer_call_output', call_id: 'c', output: { image_url: 'http://169.254.169.254/' } },
        ],
      },
    ],
    [
      "another task's answer",
      'openai/v1/responses',
      { model: 'm', input: 'x', previous_response_id: 'resp_1' },
    ],
    ['a prompt that lies there', 'openai/v1/responses', { model: 'm', input: 'x', prompt: { id: 'p' } }],
    [
      'a file that lies there',
      chat,
      {
        model: 'm',
        messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file_1' } }] }],
      },
    ],
    ['work without a caller', 'openai/v1/responses', { model: 'm', input: 'x', background: true }],
  ])('%s is not left to a provider that nobody has allowed it', async (_, target, body) => {
    const { model } = scene();
    const before = model.requests.length;
    const reply = await askModel(scene(), target, body);
    expect([reply.status, codeOf(reply)]).toEqual([403, 'action.model_tool_refused']);
    expect(model.requests.length).toBe(before);
  });

  it('what a provider was allowed to look up is what strangers wrote', async () => {
    const { gateway, model, shop } = scene();
    await gateway.addUpstream('searching', {
      model: { url: model.url, provider: 'openai', hostedTools: ['web_search', 'previous_response_id'] },
      headers: { authorization: 'Bearer {secret:model-key}' },
    });
    const [caller, other] = [await gateway.enrol(), await gateway.enrol()];
    const world = { gateway, caller };
    const labels = async (task = caller.task) =>
      requireDone(await gateway.operator('GET', `/v1/tasks/${task}`));
    const plain = await askModel(world, 'searching/v1/chat/completions', question);
    expect(plain.status, plain.body).toBe(200);
    expect(await labels()).toMatchObject({ labels: { trust: 'trusted' } });
    const search = { ...question, web_search_options: {} };
    expect((await askModel(world, 'searching/v1/chat/completions', search)).status).toBe(200);
    expect(await labels()).toMatchObject({ labels: { trust: 'untrusted' } });

    const before = { model: 'm', input: 'x', previous_response_id: 'resp_1' };
    const asked = await askModel({ gateway, caller: other }, 'searching/v1/responses', before);
    expect(asked.status, asked.body).toBe(200);
    expect(await labels(other.task)).toMatchObject({ labels: { trust: 'untrusted' } });
    await createCaller(other, shop).call('echo', { text: 'x' });
    const made = await readEvidence(gateway, { agent: other.agent.agentId, tool: 'shop/echo' });
    expect(made.intent.body).toMatchObject({ sourcesPartial: true });
  });
});

describe('models.hostile', () => {
  it.each<[string, string, string]>([
    ['a key that stands twice', '{"model":"m","model":"n","messages":[]}', 'action.malformed'],
    ['no JSON', '{"model"', 'action.malformed'],
    ['depth', `{"model":"m","messages":${'['.repeat(80)}${']'.repeat(80)}}`, 'action.too_large'],
    ['half a character', '{"model":"\\ud800","messages":[]}', 'action.malformed'],
    ['no model', '{"messages":[]}', 'action.arguments_invalid'],
    ['another shape', '[]', 'action.arguments_invalid'],
    ['size', JSON.stringify({ model: 'm', messages: ['a'.repeat(5_000_000)] }), 'action.upload_unstated'],
  ])('a request with %s is refused before anything is decided', async (_, body, code) => {
    const { model } = scene();
    const before = model.requests.length;
    expect(codeOf(await askModel(scene(), chat, body))).toBe(code);
    expect(model.requests.length).toBe(before);
  });

  it.each([
    '../v1/chat/completions',
    'openai/v1/../../http/x',
    'openai/v1/chat%2fcompletions',
    'openai/chat/completions',
    'openai/v1/models/..%2f',
  ])('no path leads elsewhere: %s', async (target) => {
    const { model, gateway, caller } = scene();
    const before = model.requests.length;
    const reply = await callApi(gateway, caller, 'POST', target, {
      door: 'models',
      body: JSON.stringify(question),
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(model.requests.length).toBe(before);
  });

  it('a model is a name and no address', async () => {
    const { model } = scene();
    const name = 'http://169.254.169.254/latest';
    expect((await askModel(scene(), chat, { ...question, model: name })).status).toBe(200);
    expect(model.requests.at(-1)).toMatchObject({ path: '/v1/chat/completions', body: { model: name } });
  });

  it.each(['authorization', 'x-api-key', 'Cookie', 'x-forwarded-for', 'content-length'])(
    'no setting passes %s on',
    async (header) => {
      const { gateway, model } = scene();
      const settings = { url: model.url, provider: 'openai', allowPrivate: true, passHeaders: [header] };
      const reply = await gateway.operator('POST', '/v1/upstreams', {
        name: 'leaky',
        kind: 'model',
        settings,
      });
      expect(reply).toMatchObject({ status: 400, json: { code: 'upstream.settings_invalid' } });
    },
  );

  it('a private address is no provider unless somebody says so', async () => {
    const settings = { url: 'http://169.254.169.254/v1', provider: 'openai' };
    const reply = await scene().gateway.operator('POST', '/v1/upstreams', {
      name: 'meta',
      kind: 'model',
      settings,
    });
    expect(reply.status).toBe(400);
  });

  it("the provider's own words about its key stay here, and so does the key", async () => {
    const { gateway, model, caller } = scene();
    model.say({ status: 400, body: JSON.stringify({ error: { message: `bad key ${SECRET}` } }) });
    const reply = await askModel(scene(), chat, question);
    expect(reply.status).toBe(400);
    expect(reply.body).toContain('bad key [redacted');
    await gateway.storeSecret('model-key', 'sk-other-0123456789');
    const refused = await askModel(scene(), chat, question);
    await gateway.storeSecret('model-key', SECRET);
    expect(codeOf(refused)).toBe('upstream.credential_refused');
    for (const { body } of [reply, refused]) expect(body).not.toContain('sk-');
    const { outcome } = await readEvidence(gateway, { agent: caller.agent.agentId });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });
});

describe('models.tokens', () => {
  it('a client of either provider is told what token it needs, in the words that it reads', async () => {
    const { gateway } = scene();
    const ask = (upstream: string, headers: { [name: string]: string }) =>
      fetch(`${gateway.url}/models/${upstream}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    for (const headers of [{}, { 'x-api-key': 'sk-mine' }, { authorization: 'Bearer sk-mine' }]) {
      const reply = await ask('anthropic', headers);
      expect(reply.status).toBe(401);
      expect(reply.headers.get('www-authenticate')).toContain('/models/anthropic');
      expect(await reply.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    }
    const metadata = await fetch(`${gateway.url}/.well-known/oauth-protected-resource/models/anthropic`);
    expect(await metadata.json()).toMatchObject({ resource: `${gateway.url}/models/anthropic` });
  });

  it("another agent's token opens nothing", async () => {
    const { gateway, caller } = scene();
    const other = await gateway.enrol();
    const reply = await askModel({ gateway, caller: { ...caller, token: other.token } }, chat, question);
    expect(reply.status).toBe(401);
  });

  it('a denied prompt is recorded, sent nowhere, and nothing of it is logged or said', async () => {
    const { gateway, model } = scene();
    const caller = await gateway.enrol({ limits: { actions: ['shop/*'] as never } });
    const before = model.requests.length;
    const reply = await askModel({ gateway, caller }, chat, {
      model: 'm',
      messages: [{ role: 'user', content: 'top secret plan' }],
    });
    expect([reply.status, codeOf(reply)]).toEqual([403, 'action.not_in_limits']);
    expect(reply.body).not.toContain('top secret plan');
    expect(model.requests.length).toBe(before);
    const [intent] = await gateway.records({ kind: 'action.intent', agent: caller.agent.agentId });
    expect(JSON.stringify(intent)).toContain('top secret plan');
  });
});
