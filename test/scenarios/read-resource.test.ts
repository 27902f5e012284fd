import { mcpRequest, startEverythingUpstream } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { readAction, readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { useScene } from './ground/use-scene.ts';

const POLICY = `
@id("discover") permit (principal, action == Countersign::Action::"discover", resource);
@id("read") permit (principal, action == Countersign::Action::"read_resource", resource in Countersign::Upstream::"shop")
when { resource.uri like "test://static-*" };
@id("prompt") permit (principal, action == Countersign::Action::"get_prompt", resource)
when { resource.name == "test_prompt_with_arguments" };
`;

describe('action.every-operation', () => {
  const scene = useScene({ upstream: startEverythingUpstream, policy: POLICY });
  let caller: Caller;
  beforeAll(async () => {
    const { gateway, url } = scene();
    caller = createCaller(await gateway.enrol(), url);
  });
  const arrivals = (method: string) =>
    scene().upstream.journal.entries.filter((entry) => entry.method === method).length;

  it('reads the resource that policy permits, on record', async () => {
    const { gateway } = scene();
    const uri = 'test://static-text';
    const reply = await caller.send(mcpRequest('resources/read', { uri }));
    expect(reply.json).toMatchObject({ result: { contents: [{ uri, mimeType: 'text/plain' }] } });
    const { intent, decision, outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(intent).toMatchObject({ body: { operation: 'read_resource', target: uri, effects: ['read'] } });
    expect(decision).toMatchObject({ body: { effect: 'allow', policies: ['test:read'] } });
    expect(outcome).toMatchObject({ body: { status: 'completed' } });
  });

  it('refuses another resource as a protocol error, and asks nobody for it', async () => {
    const { gateway } = scene();
    const before = arrivals('resources/read');
    const reply = await caller.send(mcpRequest('resources/read', { uri: 'test://watched-resource' }));
    expect(reply.json).toMatchObject({ error: { data: { code: 'action.denied', retryable: false } } });
    expect(arrivals('resources/read')).toBe(before);
    const decision = await waitForRecord(gateway, 'action.decision', { agent: caller.agentId });
    const [intent] = await readAction(gateway, String(decision.action));
    expect(intent).toMatchObject({ body: { target: 'test://watched-resource' } });
    expect(decision).toMatchObject({ causes: [intent?.id], body: { effect: 'deny' } });
  });

  it('gets the prompt that policy permits, and no other', async () => {
    const { gateway } = scene();
    const args = { arg1: 'one', arg2: 'two' };
    const named = (name: string, given: object) => mcpRequest('prompts/get', { name, arguments: given });
    const reply = await caller.send(named('test_prompt_with_arguments', args));
    expect(reply.body).toContain("arg1='one'");
    const { intent } = await readEvidence(gateway, { agent: caller.agentId });
    expect(intent).toMatchObject({ body: { operation: 'get_prompt', arguments: args } });
    const before = arrivals('prompts/get');
    const refused = await caller.send(named('test_simple_prompt', {}));
    expect(readRefusal(refused)).toBe('action.denied');
    expect(arrivals('prompts/get')).toBe(before);
  });

  it('is held to the delegation, which covers a resource only as a whole upstream', async () => {
    const { gateway, url } = scene();
    const narrow = createCaller(await gateway.enrol({ limits: { actions: ['shop/test_simple_text'] } }), url);
    const reply = await narrow.send(mcpRequest('resources/read', { uri: 'test://static-text' }));
    expect(readRefusal(reply)).toBe('action.not_in_limits');
    const open = createCaller(await gateway.enrol({ limits: { actions: ['shop/*'] } }), url);
    const read = await open.send(mcpRequest('resources/read', { uri: 'test://static-text' }));
    expect(read.json).toMatchObject({ result: { contents: [{}] } });
  });

  it('lists resources and prompts, and refuses whatever was not permitted or is not known', async () => {
    const listed = await caller.send(mcpRequest('resources/list'));
    expect(listed.body).toContain('test://static-text');
    expect(listed.json).toMatchObject({ result: { cacheScope: 'private' } });
    expect((await caller.send(mcpRequest('prompts/list'))).body).toContain('test_simple_prompt');
    const ref = { type: 'ref/prompt', name: 'test_prompt_with_arguments' };
    const completed = await caller.send(
      mcpRequest('completion/complete', { ref, argument: { name: 'arg1', value: 'o' } }),
    );
    expect(readRefusal(completed)).toBe('action.denied');
    const unknown = await caller.send(mcpRequest('resources/delete', { uri: 'test://static-text' }));
    expect(readRefusal(unknown)).toBe('action.method_unknown');
  });
});
