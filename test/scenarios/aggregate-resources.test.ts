import {
  createRawClient,
  createSessionClient,
  type HttpReply,
  mcpRequest,
  openConsent,
  readLocation,
  sendHttp,
  startEverythingUpstream,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { connectClient } from './ground/connect-client.ts';
import { createCaller } from './ground/create-caller.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { type LibraryUpstream, startLibraryUpstream } from './ground/start-library-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene();
const policy = `
@id("all") permit (principal, action, resource);
@id("no-binary") forbid (principal, action == Countersign::Action::"read_resource", resource)
when { resource.uri == "test://static-binary" };
`;
const taskCapable = { capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };
let everything: Upstream;
let library: LibraryUpstream;
let url = '';
beforeAll(async () => {
  const { gateway } = scene();
  everything = await startEverythingUpstream();
  library = await startLibraryUpstream();
  await gateway.addUpstream('every-thing', { url: everything.url });
  await gateway.addUpstream('library', { url: library.url });
  requireDone(await gateway.activatePolicy(policy));
  url = `${gateway.url}/mcp`;
}, 60_000);
afterAll(async () => {
  await everything?.close();
  await library?.close();
});

async function enrol(limits: object = {}) {
  const { gateway } = scene();
  const enrolled = await gateway.enrol();
  const opened = await enrolled.agent.openTask({
    delegationId: enrolled.delegation,
    purpose: 'A test',
    limits,
  });
  const token = await enrolled.agent.token({ task: opened.id, resource: [url] });
  return createCaller({ ...enrolled, task: opened.id, token }, url);
}

interface Listed {
  readonly resources: readonly { readonly uri: string }[];
  readonly nextCursor?: string;
  readonly _meta?: object;
}
const resultOf = <Result = Listed>({ json }: HttpReply) => (json as { result: Result }).result;

describe('aggregate.prompts-and-resources', () => {
  it('are those of every upstream, for an unmodified client, and lead where they belong', async () => {
    const { gateway } = scene();
    const { client, enrolled } = await connectClient(gateway, url);
    expect(client.getServerCapabilities()).toMatchObject({ completions: {}, prompts: {}, resources: {} });
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain('every-thing__test_simple_prompt');
    const prompt = await client.getPrompt({
      name: 'every-thing__test_prompt_with_embedded_resource',
      arguments: { resourceUri: 'test://static-text' },
    });
    expect(prompt.messages[0]).toMatchObject({
      content: { resource: { uri: 'countersign+every-thing:test://static-text' } },
    });
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates).toMatchObject([
      { uriTemplate: 'countersign+every-thing:test://template/{id}/data' },
    ]);
    const read = await client.readResource({ uri: 'countersign+every-thing:test://template/7/data' });
    expect(read.contents).toMatchObject([{ uri: 'countersign+every-thing:test://template/7/data' }]);
    for (const ref of [
      { type: 'ref/prompt', name: 'every-thing__test_prompt_with_arguments' },
      { type: 'ref/resource', uri: 'countersign+every-thing:test://template/{id}/data' },
    ] as const) {
      const { completion } = await client.complete({ ref, argument: { name: 'id', value: '7' } });
      expect(completion.values).toEqual([]);
    }
    await client.close();
    const asked = everything.journal.entries.filter(({ method }) => method === 'completion/complete');
    expect(JSON.stringify(asked)).not.toContain('every-thing__');
    // Records and policies know upstreams and their own names.
    const { intent } = await readEvidence(gateway, { agent: enrolled.agent.agentId });
    expect(intent).toMatchObject({
      upstream: 'every-thing',
      body: { operation: 'complete', target: 'test://template/{id}/data' },
    });
    const intents = await gateway.records({ kind: 'action.intent', agent: enrolled.agent.agentId });
    expect(JSON.stringify(intents)).not.toMatch(/every-thing__|countersign\+/);
    const lists = intents.filter(({ body }) => (body as { method?: string }).method === 'prompts/list');
    expect(lists.map(({ upstream }) => upstream).sort()).toEqual(['*', 'every-thing', 'library', 'shop']);
  });

  it('come in pages, whose cursors are of no use to others or for another list', async () => {
    const [caller, other] = await Promise.all([enrol(), enrol()]);
    const uris: string[] = [];
    let cursor: string | undefined;
    do {
      const reply = await caller.send(mcpRequest('resources/list', cursor === undefined ? {} : { cursor }));
      const page = resultOf(reply);
      expect(page._meta).toBeUndefined();
      uris.push(...page.resources.map(({ uri }) => uri));
      if (page.nextCursor !== undefined) {
        const again = { cursor: page.nextCursor };
        expect(readRefusal(await other.send(mcpRequest('resources/list', again)))).toBe(
          'action.cursor_invalid',
        );
        expect(readRefusal(await caller.send(mcpRequest('prompts/list', again)))).toBe(
          'action.cursor_invalid',
        );
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const books = ['a', 'b', 'c', 'd', 'e'].map((name) => `countersign+library:book:${name}`);
    expect(uris.filter((uri) => uri.startsWith('countersign+library:'))).toEqual(books);
    expect(uris).toContain('countersign+every-thing:test://static-text');
    expect(new Set(uris).size).toBe(uris.length);
    for (const forged of ['', '2', 'x'.repeat(70_000), 7, null])
      expect(readRefusal(await caller.send(mcpRequest('resources/list', { cursor: forged })))).toBe(
        'action.cursor_invalid',
      );
  });

  it('are listed although an upstream lies or is silent, which is said', async () => {
    const caller = await enrol();
    for (const [how, code] of [
      ['with-garbage', 'upstream.lied'],
      ['never', 'upstream.timed_out'],
    ] as const) {
      library.behave(how);
      const reply = await caller.send(mcpRequest('resources/list'));
      library.behave('honestly');
      expect(resultOf(reply)).toMatchObject({
        _meta: { 'countersign/unlisted': [{ upstream: 'library', code }] },
      });
      expect(reply.body).toContain('countersign+every-thing:test://static-text');
    }
  }, 30_000);

  it('are those that the caller reaches, and refused by the very same rules', async () => {
    const some = await enrol({ upstreams: ['library'] });
    const before = everything.journal.entries.length;
    const listed = resultOf(await some.send(mcpRequest('resources/list')));
    expect(listed.resources.every(({ uri }) => uri.startsWith('countersign+library:'))).toBe(true);
    const read = (caller: typeof some, uri: string) => caller.send(mcpRequest('resources/read', { uri }));
    expect(readRefusal(await read(some, 'countersign+every-thing:test://static-text'))).toBe(
      'action.not_in_limits',
    );
    const all = await enrol();
    expect(readRefusal(await read(all, 'countersign+every-thing:test://static-binary'))).toBe(
      'action.denied',
    );
    expect(everything.journal.entries.length).toBe(before);
    for (const uri of [
      'test://static-text',
      'countersign+nobody:x:y',
      'countersign+*:x:y',
      'countersign+library:',
    ])
      expect(readRefusal(await read(all, uri))).toBe('action.resource_unknown');
    for (const name of ['test_simple_prompt', 'nobody__x', 'every-thing_-test-x'])
      expect(readRefusal(await all.send(mcpRequest('prompts/get', { name })))).toBe(
        'action.resource_unknown',
      );
    const ref = { type: 'ref/other', name: 'every-thing__test_simple_prompt' };
    const argument = { name: 'a', value: '' };
    expect(readRefusal(await all.send(mcpRequest('completion/complete', { ref, argument })))).toBe(
      'action.resource_unknown',
    );
    const listen = mcpRequest('subscriptions/listen', { notifications: {} });
    expect(readRefusal(await all.send(listen))).toBe('action.method_unknown');
  });

  it('are linked to under the address they are read at', async () => {
    const caller = await enrol();
    const called = resultOf<{ content: readonly { uri?: string }[] }>(
      await caller.call('library__echo', { text: '' }),
    );
    const uri = 'countersign+library:book:a';
    expect(called).toMatchObject({
      content: [
        { type: 'resource_link', uri },
        { type: 'text', text: 'book:a' },
      ],
      structuredContent: { uri: 'book:a' },
    });
    const read = await caller.send(mcpRequest('resources/read', { uri }));
    expect(resultOf<object>(read)).toEqual(
      expect.objectContaining({ contents: [{ uri, text: 'the book book:a' }] }),
    );
  });

  it('are completed on record as what the upstream goes by, whatever is said beside it', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const uri = 'countersign+every-thing:test://template/{id}/data';
    const ref = { type: 'ref/resource', name: 'another', uri };
    const params = { ref, argument: { name: 'id', value: '' } };
    requireDone(await caller.send(mcpRequest('completion/complete', params)));
    const { intent } = await readEvidence(gateway, { agent: caller.agentId });
    expect(intent).toMatchObject({ body: { target: 'test://template/{id}/data' } });
  });

  it('are there for clients of earlier revisions as well', async () => {
    const client = await createSessionClient({ ...(await enrol()), url });
    const { result: prompts } = await client.ask('prompts/list');
    expect(JSON.stringify(prompts)).toContain('every-thing__test_simple_prompt');
    const { result: page } = await client.ask('resources/list');
    expect(page).not.toHaveProperty('ttlMs');
    const { result: next } = await client.ask('resources/list', { cursor: page?.nextCursor });
    expect(next).toMatchObject({ resources: [{ uri: 'countersign+library:book:c' }, {}] });
    const uri = 'countersign+every-thing:test://static-text';
    expect((await client.ask('resources/read', { uri })).result).toMatchObject({ contents: [{ uri }] });
    const linked = await client.ask('tools/call', { name: 'library__echo', arguments: { text: '' } });
    expect(linked.result).toMatchObject({ content: [{ uri: 'countersign+library:book:a' }, {}] });
    const refused = await client.ask('resources/read', { uri: 'test://static-text' });
    expect(refused.error).toMatchObject({ data: { code: 'action.resource_unknown' } });
    const subscribed = await client.ask('resources/subscribe', { uri });
    expect(subscribed.error).toMatchObject({ data: { code: 'action.method_unknown' } });
    expect((await client.send({ method: 'DELETE' })).status).toBe(204);
  });
});

describe('aggregate.tasks', () => {
  it('are followed up where they were begun, by whoever began them', async () => {
    const [caller, other] = await Promise.all([enrol(), enrol()]);
    const follow = (by: typeof caller, method: string, taskId: string) =>
      by.send(mcpRequest(method, { taskId }, taskCapable), { headers: { 'mcp-name': taskId } });
    const args = { seconds: 0.2, label: 'all' };
    const started = await caller.send(toolCall('every-thing__slow_compute', args, taskCapable));
    const { taskId } = resultOf<{ taskId: string }>(started);
    expect(taskId).toMatch(/^every-thing__/);
    const read = async () =>
      resultOf<{ taskId: string; status: string; result?: object }>(
        await follow(caller, 'tasks/get', taskId),
      );
    await expect.poll(async () => (await read()).status).toBe('completed');
    expect(await read()).toMatchObject({ taskId, result: { content: [{ text: 'computed all' }] } });
    const handle = taskId.slice('every-thing__'.length);
    for (const [by, id] of [
      [other, taskId],
      [caller, handle],
      [caller, `shop__${handle}`],
      [caller, `nobody__${handle}`],
    ] as const)
      expect(readRefusal(await follow(by, 'tasks/cancel', id))).toBe('action.resource_unknown');
  });
});

describe('aggregate.consent', () => {
  it('is given for all of them, and a code for one upstream is no token for all', async () => {
    const { gateway } = scene();
    const redirectUri = 'http://127.0.0.1:33418/callback';
    const added = requireDone<{ id: string }>(
      await gateway.operator('POST', '/v1/tokens/clients', { name: 'Editor', redirectUris: [redirectUri] }),
    );
    const create = (resource: string) =>
      createRawClient({ url: gateway.url, clientId: added.id, redirectUri, resource });
    const call = async (tokens: unknown, at: string, name: string) => {
      const { access_token: token } = tokens as { access_token: string };
      const { message, headers } = toolCall(name, { text: 'hi' });
      const type = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      return sendHttp({ url: at, headers: { ...type, ...headers }, body: JSON.stringify(message) });
    };
    const all = create(url);
    const consent = await openConsent(gateway.administrator, all.link());
    expect(consent.reply.body).toContain('every upstream');
    const code = readLocation(await consent.grant()).searchParams.get('code') ?? '';
    const tokens = requireDone(await all.exchange(code));
    expect(resultOf<object>(await call(tokens, url, 'shop__echo'))).toMatchObject({ content: [{}] });
    expect(readRefusal(await call(tokens, `${gateway.url}/mcp/shop`, 'echo'))).toBe(
      'token.audience_mismatch',
    );

    const one = create(`${gateway.url}/mcp/shop`);
    const widened = await one.exchange(await one.obtainCode(gateway.administrator), { resource: url });
    expect(widened.json).toMatchObject({ error: 'invalid_target', code: 'token.target_invalid' });
    const kept = await one.exchange(await one.obtainCode(gateway.administrator));
    expect(readRefusal(await call(requireDone(kept), url, 'shop__echo'))).toBe('token.audience_mismatch');
    const { refresh_token: refresh } = kept.json as { refresh_token: string };
    expect((await one.refresh(refresh, { resource: url })).json).toMatchObject({
      code: 'token.target_invalid',
    });
  });
});
