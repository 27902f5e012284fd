import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { useTestDatabase } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endDrillApprovals, loadApproval, showDrillApproval } from '../../approvals/index.ts';
import { loadConfig } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import { type RunningServer, startServer } from '../../start-server.ts';
import { upstreamResource } from '../../tokens/index.ts';
import { addUpstream } from '../../upstreams/index.ts';
import { makeCall } from './play/make-call.ts';
import { playCall } from './play/play-call.ts';
import { type OpenStage, setStage } from './play/set-stage.ts';
import { readDrill } from './read-drill.ts';
import { presentToken } from './world/drilled-agent.ts';
import { createScriptedUpstream } from './world/scripted-upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-drill-world-'));
const text = `drill: one
title: One
delegation: { limits: { upstreams: [shop], actions: ['*'], effects: [read, spend], spendMinor: 100, currency: EUR } }
task: { purpose: Look }
upstreams:
  - name: shop
    tools:
      - { name: look, annotations: { readOnlyHint: true, openWorldHint: false }, classified: { effects: [read], dataDomain: shop } }
      - { name: pay, classified: { effects: [spend], dataDomain: shop, amountPointer: /amount, amountCurrency: EUR } }
steps: [{ call: shop/pay, expect: contained }]
`;

let database: Awaited<ReturnType<typeof useTestDatabase>>;
let server: RunningServer;
let open: OpenStage;
let live: Context;

beforeAll(async () => {
  database = await useTestDatabase(folder);
  const environment = { COUNTERSIGN_LOG_LEVEL: 'silent', ...database.environment };
  const flags = { server: { port: 0 }, data: { folder } };
  server = await startServer({ config: loadConfig({ environment, flags }), environment });
  live = server.context;
  const { drill } = readDrill({ name: 'one.yaml', text }, 'given');
  const over = new AbortController().signal;
  open = await setStage(live, { drill, run: live.platform.newId('drl'), groups: [], over });
}, 60_000);

afterAll(async () => {
  await open.world.close();
  await server.stop();
  await database.giveBack();
  rmSync(folder, { recursive: true, force: true });
});

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const call = (tool: string, given = {}) =>
  makeCall(open.stage, { call: `shop/${tool}`, by: undefined, arguments: given, token: 'own' });

describe('the world of a drill', () => {
  it('gives tokens that are worth nothing at the gateway, nor are its own in the world', async () => {
    const [agent] = open.stage.agents.values();
    if (agent === undefined) throw new Error('no agent');
    const { context } = open.stage;
    await expect(
      context.tokens.verifyPresented(presentToken(context, agent, 'shop', 'own')),
    ).resolves.toMatchObject({ agentId: agent.id });
    await expect(live.tokens.verifyPresented(presentToken(live, agent, 'shop', 'own'))).rejects.toEqual(
      code('token.invalid'),
    );
    await expect(live.tasks.lease(agent.held?.task ?? '')).rejects.toEqual(code('task.not_found'));
    await expect(live.agents.get(agent.id)).rejects.toEqual(code('agent.not_found'));
    const liveKid = live.tokens.signingKeys.current().kid;
    expect(context.tokens.signingKeys.current().kid).not.toBe(liveKid);
    expect(upstreamResource(context.tokens.issuer, 'shop')).toBe(
      upstreamResource(live.tokens.issuer, 'shop'),
    );
  });

  it('opens nothing that the house has sealed, and holds none of its secrets', async () => {
    const { context } = open.stage;
    const sealed = live.masterKey.seal('value', 'purpose');
    expect(() => context.masterKey.open(sealed, 'purpose')).toThrow();
    await expect(context.secrets.get('anything')).rejects.toEqual(code('secret.not_found'));
    await expect(context.secrets.set('a', 'b')).rejects.toEqual(code('secret.unavailable'));
  });

  it('connects to nothing that is not in its script, whatever its rows say', async () => {
    const { context } = open.stage;
    const row = {
      name: 'outside',
      kind: 'http',
      settings: '{"url":"https://example.org"}',
      document: null,
      environment: 'production',
      created_at: 0,
    } as const;
    expect(() => context.upstreams.connect(row)).toThrow(code('upstream.failed'));
    const source = { settings: { documentUrl: 'https://example.org' }, document: null };
    await expect(context.upstreams.loadDocument(source)).rejects.toMatchObject({
      code: expect.stringMatching(/^upstream\./),
    });
  });

  it('decides by the policies in force, and by no copy of them', () => {
    expect(open.stage.context.policies).toBe(live.policies);
  });

  it('spends budgets of its own, and stops nobody else', async () => {
    const { context } = open.stage;
    expect(await call('look')).toMatchObject({ outcome: 'allowed' });
    expect(context.stops).not.toBe(live.stops);
    expect(context.counters).not.toBe(live.counters);
    const budgets = await live.store.sql.selectFrom('budgets').selectAll().execute();
    expect(budgets).toEqual([]);
    expect((await context.store.sql.selectFrom('budgets').selectAll().execute()).length).toBeGreaterThan(0);
  });

  it('shows people a request that nothing can be released with, even when it is approved', async () => {
    const seen = await call('pay', { amount: 5 });
    expect(seen).toMatchObject({ outcome: 'asked' });
    const from = open.stage.context.store;
    const approval = await loadApproval(from, seen.approval ?? '');
    const drill = live.platform.newId('drl');
    const shown = await showDrillApproval(live, { drill, from, approvalId: approval.id });
    expect(shown).toMatchObject({ drill, state: 'requested', actionDigest: approval.actionDigest });
    expect(live.approvals.findForCall(approval.callDigest)).toBeUndefined();
    await live.store.sql
      .updateTable('approvals')
      .set({ state: 'approved', decided_at: live.platform.now() })
      .where('id', '=', shown.id)
      .execute();
    await expect(live.approvals.release(shown.id, 'act_x', [])).rejects.toEqual(code('approval.is_drill'));
    await live.store.sql
      .updateTable('approvals')
      .set({ state: 'requested' })
      .where('id', '=', shown.id)
      .execute();
    await endDrillApprovals(live);
    expect(live.approvals.find(shown.id)?.state).toBe('cancelled');
    // Nor does it release anything in the world, where it was never approved.
    expect(await call('pay', { amount: 5 })).toMatchObject({ outcome: 'asked' });
  });
});

describe('tools that run in a program', () => {
  it('are no part of a drill: no policy would be asked', async () => {
    const document = JSON.stringify([{ name: 'Bash', inputSchema: { type: 'object' } }]);
    const actor = { kind: 'system', part: 'tests' } as const;
    await addUpstream(live, actor, { name: 'desk', kind: 'hooks', settings: {}, document });
    const copying = text.replace(
      /upstreams:\n(.*\n)*steps: .*/,
      'upstreams: [{ copyOf: desk }]\nsteps: [{ call: desk/Bash, expect: refused }]',
    );
    const { drill } = readDrill({ name: 'copy.yaml', text: copying }, 'given');
    const over = new AbortController().signal;
    await expect(
      setStage(live, { drill, run: live.platform.newId('drl'), groups: [], over }),
    ).rejects.toEqual(code('exposure.drill_invalid'));
  });

  it('show nothing when a call of them is refused', async () => {
    const step = open.stage.drill.steps[0];
    if (step === undefined || !('expect' in step) || !('times' in step)) throw new Error('no call');
    const agents = new Map();
    agents.get = () => {
      throw new AppError('action.runs_elsewhere');
    };
    const stage = { ...open.stage, agents };
    const finding = await playCall(stage, { ...step, by: 'agent' });
    expect(finding).toMatchObject({ code: 'action.runs_elsewhere', passed: false, isPremise: true });
  });
});

describe('a scripted upstream', () => {
  const request = (tool: string, signal = new AbortController().signal) => ({
    message: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool } },
    ...{ headers: {}, environment: {}, secretKey: '', principal: '', signal },
    ...{ timeoutMilliseconds: 1000, maxBytes: 1000, onMessage: () => undefined },
  });
  const make = (results: Parameters<typeof createScriptedUpstream>[0][number]['results']) =>
    createScriptedUpstream([{ definition: { name: 'tool' }, results }]);

  it('plays its results in turn, the last one again and again', async () => {
    const { connection } = make([{ text: 'a', isError: false }, { structured: { b: 1 } }]);
    const results = [];
    for (let turn = 0; turn < 3; turn += 1)
      results.push((await connection.send(request('tool'))).response?.result);
    expect(results).toEqual([
      { resultType: 'complete', content: [{ type: 'text', text: 'a' }], isError: false },
      expect.objectContaining({ structuredContent: { b: 1 } }),
      expect.objectContaining({ structuredContent: { b: 1 } }),
    ]);
  });

  it('counts what reached it, and ends what hangs with the reason it was cut with', async () => {
    const scripted = make([{ hangs: true }]);
    const controller = new AbortController();
    const hanging = scripted.connection.send(request('tool', controller.signal));
    expect(scripted.reached).toBe(1);
    controller.abort(new Error('cut'));
    await expect(hanging).rejects.toThrow('cut');
    await expect(scripted.connection.send(request('tool', controller.signal))).rejects.toThrow('cut');
    expect(scripted.reached).toBe(1);
    await expect(scripted.connection.send(request('constructor'))).rejects.toEqual(code('upstream.failed'));
  });
});
