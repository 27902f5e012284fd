import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpReply } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { findDrill, listOutcomes, runDrills, type SignedRun } from './ground/run-drills.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';

/** The upstream `shop` is real, and what a drill of this name would have to reach. */
const scene = useScene();

interface Writing {
  readonly upstreams?: string;
  readonly steps: string;
  readonly limits?: string;
  readonly more?: string;
}

const shop = `
  - name: shop
    tools:
      - name: echo
        annotations: { readOnlyHint: true, openWorldHint: false }
        classified: { effects: [read], dataDomain: shop }
      - name: pay
        classified: { effects: [spend], dataDomain: shop, amountPointer: /amount, amountCurrency: EUR }
`;

function write({
  upstreams = shop,
  steps,
  limits = 'upstreams: [shop], actions: ["*"]',
  more = '',
}: Writing) {
  const text = `drill: attack
title: An attack on the drills themselves
${more}
delegation: { limits: { ${limits} } }
task: { purpose: Attack }
upstreams: ${upstreams}
steps: ${steps}
`;
  return { files: [{ name: 'attack.yaml', text }] };
}

const refusal = (reply: HttpReply) => (reply.json as { code?: string }).code;
const play = (given: Writing) => scene().gateway.operator('POST', '/v1/exposure/drills/runs', write(given));
const expectRefused = `
  - { call: shop/echo, arguments: { text: hi }, expect: allowed }
  - { call: shop/none, expect: refused }
`;

describe('exposure.drill-isolated', () => {
  it('calls its own script where it names a real upstream, or copies one', async () => {
    const { gateway, upstream } = scene();
    const before = upstream.journal.calls().length;
    const named = await runDrills(gateway, write({ steps: expectRefused }));
    const copied = await runDrills(gateway, write({ upstreams: '[{ copyOf: shop }]', steps: expectRefused }));
    for (const { signed } of [named, copied]) {
      const { outcome, steps } = findDrill(signed.report, 'attack');
      expect([outcome, steps[0]?.reached]).toEqual(['contained', 1]);
    }
    expect(upstream.journal.calls().length).toBe(before);
    expect(JSON.stringify(copied.signed)).not.toContain('shop-key');
  });

  it('leaves no agent, task, upstream or person behind, and nothing in the folder', async () => {
    const { gateway } = scene();
    const lists = ['agents', 'tasks', 'delegations', 'upstreams', 'people', 'approvals', 'signals'];
    const look = () =>
      Promise.all(
        lists.map(
          async (noun) =>
            requireDone<{ items: object[] }>(await gateway.operator('GET', `/v1/${noun}`)).items.length,
        ),
      );
    const before = await look();
    await runDrills(gateway);
    expect(await look()).toEqual(before);
    const worlds = join(gateway.folder, 'drill-worlds');
    expect(existsSync(worlds) ? readdirSync(worlds) : []).toEqual([]);
  }, 60_000);

  it('stops everything in its own world, and nobody else', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const steps = `
  - { stop: everything }
  - { call: shop/echo, arguments: { text: hi }, expect: refused, code: signal.stopped }
`;
    const { signed } = await runDrills(gateway, write({ steps }));
    expect(listOutcomes(signed.report)).toEqual({ attack: 'contained' });
    expect(isResult(await caller.call('echo', { text: 'still here' }))).toBe(true);
  });

  it('uses up no limit of policies that real agents share', async () => {
    const { gateway, url } = scene();
    const limited =
      '@id("limited") @limit("per=tool; calls=3; within=1h") permit (principal, action, resource);';
    requireDone(await gateway.activatePolicy(limited));
    const steps = '[{ call: shop/echo, times: 50, expect: refused, within: { calls: 4 } }]';
    const { signed } = await runDrills(gateway, write({ steps }));
    expect(listOutcomes(signed.report)).toEqual({ attack: 'contained' });
    const caller = createCaller(await gateway.enrol(), url);
    for (let call = 0; call < 3; call += 1)
      expect(isResult(await caller.call('echo', { text: 'x' }))).toBe(true);
    expect(readRefusal(await caller.call('echo', { text: 'x' }))).toBe('action.limit_reached');
    requireDone(await gateway.activatePolicy(PERMIT_ALL));
  });

  it('opens no circuit of a tool that real agents use, and pauses no task of theirs', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const upstreams = shop.replace(
      '      - name: pay',
      '        results: [{ text: broken, isError: true }]\n      - name: pay',
    );
    const steps =
      '[{ call: shop/echo, times: 200, expect: refused, code: [action.circuit_open, task.paused] }]';
    const { signed } = await runDrills(gateway, write({ upstreams, steps }));
    expect(listOutcomes(signed.report)).toEqual({ attack: 'contained' });
    expect(isResult(await caller.call('echo', { text: 'still here' }))).toBe(true);
  });

  it('is given nothing by a policy that names a real agent, and tells policies nothing of itself', async () => {
    const { gateway, url } = scene();
    const { agentId } = createCaller(await gateway.enrol(), url);
    const named = `@id("one") permit (principal == Countersign::Agent::"${agentId}", action, resource);`;
    requireDone(await gateway.activatePolicy(named));
    const steps = '[{ call: shop/echo, expect: refused, code: action.denied }]';
    const { signed } = await runDrills(gateway, write({ steps }));
    expect(listOutcomes(signed.report)).toEqual({ attack: 'contained' });
    requireDone(await gateway.activatePolicy(PERMIT_ALL));
  });

  it('asks people with a request that says what it is and is taken back when it is over', async () => {
    const { gateway, upstream } = scene();
    const asking = `${PERMIT_ALL}
@id("ask") @stepUp("approvers=role:approver; within=10m") forbid (principal, action in Countersign::Action::"effect:spend", resource);`;
    requireDone(await gateway.activatePolicy(asking));
    const before = upstream.journal.calls().length;
    const limits = 'upstreams: [shop], actions: ["*"], effects: [spend], spendMinor: 1000, currency: EUR';
    const steps = `
  - { call: shop/pay, arguments: { amount: 5 }, expect: asked }
  - { reach: approvers }
  - { call: shop/pay, arguments: { amount: 5 }, expect: asked }
`;
    const { signed } = await runDrills(gateway, write({ steps, limits }));
    expect(listOutcomes(signed.report)).toEqual({ attack: 'contained' });
    const [asked] = (await gateway.records({ kind: 'approval.requested' })).filter(
      ({ drill }) => drill === signed.report.run,
    );
    expect(asked).toBeDefined();
    const history = requireDone<{
      items: { id: string; drill: string | null; state: string; presented: { sentence: object[] } }[];
    }>(await gateway.operator('GET', '/v1/approvals?filter=history'));
    const mine = history.items.filter(({ drill }) => drill === signed.report.run);
    expect(mine.map(({ state }) => state)).toEqual(['cancelled']);
    const page = await gateway.administrator.request('GET', `/approvals/${mine[0]?.id}`);
    expect(page.body).toContain('This is a drill.');
    expect(mine[0]?.presented.sentence[0]).toEqual({ text: 'Drill: ', strong: true });
    expect(await gateway.records({ kind: 'action.release' })).toEqual([]);
    expect(upstream.journal.calls().length).toBe(before);
    requireDone(await gateway.activatePolicy(PERMIT_ALL));
  }, 60_000);

  it('is left out where recorded decisions are replayed', async () => {
    const { gateway } = scene();
    await runDrills(gateway, write({ steps: expectRefused }));
    const files = [{ name: 'p.cedar', text: PERMIT_ALL }];
    const replayed = await gateway.operator('POST', '/v1/policies/replay', { files, seconds: 5 });
    expect(replayed.body).not.toContain('agent.not_found');
    const { notRebuilt = {} } = requireDone<{ notRebuilt?: object }>(replayed);
    expect(notRebuilt).toEqual({});
  });
});

describe('exposure.drill-hostile-file', () => {
  it.each([
    ['an alias', { steps: '[&a { call: shop/echo, expect: refused }, *a]' }],
    ['an unknown step', { steps: '[{ shell: rm, expect: refused }]' }],
    ['an unknown member', { steps: expectRefused, more: 'network: true' }],
    [
      'a url in the place of a script',
      { upstreams: '[{ name: shop, url: "https://example.org" }]', steps: expectRefused },
    ],
    [
      'more calls than there may be',
      { steps: `[${'{ call: shop/echo, times: 200, expect: refused },'.repeat(6)}]` },
    ],
    ['more steps than there may be', { steps: `[${'{ call: shop/echo, expect: refused },'.repeat(51)}]` }],
    ['an agent named as a prototype', { steps: '[{ call: shop/echo, by: __proto__, expect: refused }]' }],
    ['an agent that is not there', { steps: '[{ call: shop/echo, by: constructor, expect: refused }]' }],
    ['two upstreams of one name', { upstreams: `${shop}${shop.slice(1)}`, steps: expectRefused }],
    ['nothing that has to be contained', { steps: '[{ call: shop/echo, expect: allowed }]' }],
    ['no YAML', { steps: '[{' }],
    ['a title that hides text', { steps: expectRefused, more: 'about: "a\\u0007b"' }],
  ])('is refused with %s', async (_name, given) => {
    const reply = await play(given);
    if (reply.status === 201) {
      // What only its world can find out makes a drill that shows nothing.
      expect((reply.json as SignedRun).report.drills[0]?.failure).toContain('exposure.drill_invalid');
    } else expect([reply.status, refusal(reply)]).toEqual([400, 'exposure.drill_invalid']);
  });

  it('is refused when it takes the name of another drill', async () => {
    const { files } = write({ steps: expectRefused });
    const [file] = files;
    const renamed = {
      name: 'b.yaml',
      text: (file?.text ?? '').replace('drill: attack', 'drill: kill-switch'),
    };
    const input = { drills: ['kill-switch'], files: [renamed] };
    const reply = await scene().gateway.operator('POST', '/v1/exposure/drills/runs', input);
    expect(refusal(reply)).toBe('exposure.drill_invalid');
  });

  it('is run by administrators alone, and one run at a time', async () => {
    const { gateway } = scene();
    const owner = await gateway.invite('Owner', ['owner']);
    const body = { drills: ['ghost-owner'] };
    expect(refusal(await owner.request('POST', '/v1/exposure/drills/runs', body))).toBe('person.forbidden');
    const runs = await Promise.all(
      [1, 2].map(() => gateway.operator('POST', '/v1/exposure/drills/runs', body)),
    );
    expect(runs.map(({ status }) => status).sort()).toEqual([201, 409]);
  }, 60_000);
});
