import { describe, expect, it } from 'vitest';
import { isPending } from '../attacks/ground/ask-to-pay.ts';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { askModel, useModels } from './ground/use-models.ts';
import { requireDone } from './ground/use-scene.ts';

const scene = useModels();
const ALL = '@id("all") permit (principal, action, resource);';
const BY_ITSELF = `${ALL}
@id("by-itself") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Countersign::Action::"shop/echo", resource)
when { context has predicted && !context.predicted };`;
const KNOWN_ONLY = `${ALL}
@id("known-only") forbid (principal, action == Countersign::Action::"shop/echo", resource)
unless { context has predicted && context.predicted };`;

interface Replayed {
  readonly actions: readonly { readonly tool: string }[];
}

describe('models.predicted-policy', () => {
  it('asks about what no model asked for, once for what one did, and not where nobody knows', async () => {
    const { gateway, model, shop } = scene();
    requireDone(await gateway.activatePolicy(BY_ITSELF));
    const caller = await gateway.enrol();
    const mcp = createCaller(caller, shop);
    // No model has answered here yet.
    expect(isResult(await mcp.call('echo', { text: 'before' }))).toBe(true);
    model.say({ toolCalls: [{ id: 'call_1', name: 'shop__echo', arguments: '{"text":"ann"}' }] });
    const world = { gateway, caller };
    expect((await askModel(world, 'openai/v1/chat/completions', { model: 'm', messages: [] })).status).toBe(
      200,
    );
    expect(isPending(await mcp.call('echo', { text: 'eve' }))).toBe(true);
    expect(isResult(await mcp.call('echo', { text: 'ann' }))).toBe(true);
    // It is used up: the same words again are the agent's own.
    expect(isPending(await mcp.call('echo', { text: 'ann' }))).toBe(true);

    const files = [{ name: 'test.cedar', text: KNOWN_ONLY }];
    const body = { task: mcp.task, files };
    const replayed = requireDone<Replayed>(await gateway.operator('POST', '/v1/policies/replay/task', body));
    expect(replayed.actions.filter(({ tool }) => tool === 'shop/echo')).toMatchObject([
      { was: { effect: 'allow' }, is: { effect: 'deny' } },
      { was: { effect: 'step_up' }, is: { effect: 'deny' } },
      { was: { effect: 'allow' }, is: { effect: 'allow' } },
      { was: { effect: 'step_up' }, is: { effect: 'deny' } },
    ]);
  });
});
