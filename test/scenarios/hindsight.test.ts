import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

const SMALL = `
@id("small")
permit (principal, action == Countersign::Action::"shop/pay", resource)
when { context.args.amount <= 100 };
@id("echo") permit (principal, action == Countersign::Action::"shop/echo", resource);
@id("discover") permit (principal, action == Countersign::Action::"discover", resource);`;

interface Explained {
  readonly repeated: object;
  readonly rules: readonly object[];
  readonly now: object;
  readonly changes: readonly {
    readonly summary: string;
    readonly added: { readonly text: string } | null;
    readonly policies: readonly { readonly after: string }[];
    readonly opens: { readonly newlyAllowed: number };
  }[];
}

describe('policy.hindsight', () => {
  const scene = useScene({ policy: SMALL });
  const pay = (amount: number) => ({ to: 'DE00', amount, currency: 'EUR' });

  it('explains a refusal, replays other policies and makes a rule of a call', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const filter = { agent: caller.agentId };
    const ask = async <T>(path: string, body: object) =>
      requireDone<T>(await gateway.operator('POST', `/v1/policies/${path}`, body));
    expect(isResult(await caller.call('pay', pay(50)))).toBe(true);
    expect(readRefusal(await caller.call('pay', pay(5_000)))).toBe('action.denied');
    expect(readRefusal(await caller.call('pay', pay(300)))).toBe('action.denied');
    const decision = await waitForRecord(gateway, 'action.decision', filter);
    // That somebody looked is told, and nothing else.
    const list = async () => (await gateway.records({})).filter(({ kind }) => kind !== 'ledger.read');
    const before = await list();

    const explained = await ask<Explained>('explain', { id: decision.id });
    expect(explained.repeated).toEqual({ effect: 'deny', isSame: true, why: null, assumed: [] });
    expect(explained.rules).toMatchObject([
      {
        ...{ id: 'test:small', outcome: 'does_not_hold', line: 2 },
        because: [
          {
            text: 'context.args.amount <= 100',
            ...{ found: 'false', line: 4 },
            read: [{ text: 'context.args.amount', value: '300' }],
          },
        ],
      },
    ]);
    expect(explained.now).toMatchObject({ effect: 'deny' });
    const widened = explained.changes.find(({ policies }) => policies.length > 0);
    expect(widened?.policies[0]?.after).toContain('context.args.amount <= 300');
    const whatever = explained.changes.find(({ summary }) => summary.includes('whatever'));
    // The change that opens least comes first, and the other refused call is counted where it would go through.
    expect(explained.changes[0]?.opens.newlyAllowed).toBe(1);
    expect(whatever?.opens.newlyAllowed).toBe(2);

    const action = await ask<Explained>('explain', { id: String(decision.action), days: 0 });
    expect(action.rules).toEqual(explained.rules);

    const replayed = await ask('replay', { files: [{ name: 'test.cedar', text: PERMIT_ALL }] });
    expect(replayed).toMatchObject({ newlyAllowed: 2, newlyDenied: 0, notRebuilt: {}, next: null });
    expect(replayed).toMatchObject({
      rows: [{ agent: caller.agentId, tool: 'shop/pay', newlyAllowed: 2, unchanged: 1 }],
    });
    const closed = await ask('replay', {
      files: [{ name: 'test.cedar', text: 'forbid (principal, action, resource);' }],
    });
    expect(closed).toMatchObject({ newlyAllowed: 0, newlyAsking: 0 });
    expect(closed).toMatchObject({
      rows: [{ newlyDenied: 1, examples: { newlyDenied: [expect.any(String)] } }],
    });

    const example = await ask<{ file: { name: string; text: string }; effect: string; opens: object }>(
      'from-example',
      { id: decision.id },
    );
    expect(example.effect).toBe('allow');
    expect(example.opens).toMatchObject({ newlyAllowed: 1 });
    expect(example.file.text).toContain('context.args.amount <= 500');
    // Nothing was put in force, and nothing was recorded.
    expect(await list()).toHaveLength(before.length);
    expect(readRefusal(await caller.call('pay', pay(300)))).toBe('action.denied');
    requireDone(await gateway.activatePolicy(`${SMALL}\n${example.file.text}`));
    expect(isResult(await caller.call('pay', pay(300)))).toBe(true);
    expect(readRefusal(await caller.call('pay', pay(5_000)))).toBe('action.denied');
  });

  const folder = mkdtempSync(join(tmpdir(), 'countersign-hindsight-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...words: readonly string[]) => {
    const { gateway } = scene();
    const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
    return runCountersign(['policies', ...words], { environment });
  };

  it('does so from the command line, for a person and for CI', async () => {
    const { gateway, url } = scene();
    requireDone(await gateway.activatePolicy(SMALL));
    const caller = createCaller(await gateway.enrol(), url);
    expect(readRefusal(await caller.call('pay', pay(900)))).toBe('action.denied');
    const { id } = await waitForRecord(gateway, 'action.decision', { agent: caller.agentId });

    const explained = await run('explain', String(id));
    expect(explained, explained.stderr).toMatchObject({ exitCode: 0 });
    expect(explained.stdout).toContain('decided again from the records: the same');
    expect(explained.stdout).toContain('when context.args.amount <= 100 (line 4) is false');
    expect(explained.stdout).toMatch(/^ {3}\+ .*context\.args\.amount <= 900/m);

    const rule = join(folder, 'rule.cedar');
    const written = await run('from-example', String(id), '--output', rule);
    expect(written, written.stderr).toMatchObject({ exitCode: 0 });
    expect(written.stderr).toMatch(/newly allowed 1/);
    expect((await run('from-example', String(id), '--output', rule)).exitCode).not.toBe(0);

    const files = JSON.parse((await run('show', '--json')).stdout).files as { name: string; text: string }[];
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    const replay = ['replay', '--since', '1h', '--bundle', folder];
    const replayed = await run(...replay, '--fail-on', 'newly-allowed');
    expect(replayed.exitCode, replayed.stderr).toBe(4);
    expect(replayed.stdout).toContain('newly allowed');
    rmSync(rule);
    // What is in force says of its own decisions what it said.
    const caught = JSON.parse((await run(...replay, '--json')).stdout);
    expect(caught.rows.filter((row: { agent: string }) => row.agent === caller.agentId)).toEqual([]);
    expect(readFileSync(join(folder, 'test.cedar'), 'utf8')).toBe(SMALL);
    expect((await run('replay', '--bundle', folder, '--fail-on', 'anything')).exitCode).toBe(2);
  });

  it('names the limit where a limit and no rule refused', async () => {
    const { gateway, url } = scene();
    requireDone(
      await gateway.activatePolicy(
        '@id("few") @limit("per=agent; calls=1; within=1h") permit (principal, action, resource);',
      ),
    );
    const caller = createCaller(await gateway.enrol(), url);
    expect(isResult(await caller.call('echo', { text: 'one' }))).toBe(true);
    expect(readRefusal(await caller.call('echo', { text: 'two' }))).toBe('action.limit_reached');
    const { action } = await waitForRecord(gateway, 'action.refused', { agent: caller.agentId });
    const explained = requireDone(
      await gateway.operator('POST', '/v1/policies/explain', { id: String(action) }),
    );
    expect(explained).toMatchObject({
      recorded: { decidedBy: 'path', reasons: [{ limit: { policyId: 'test:few' } }] },
      changes: [],
    });
  });

  it('repeats what depends on the history of the task, and says what it cannot', async () => {
    const { gateway, url } = scene();
    const onceOnly = `${PERMIT_ALL}
@id("once") forbid (principal, action == Countersign::Action::"shop/echo", resource)
when { context.task.facts.toolsCalled.contains("shop/echo") && context.task.calls >= 1 };`;
    requireDone(await gateway.activatePolicy(onceOnly));
    const caller = createCaller(await gateway.enrol(), url);
    expect(isResult(await caller.call('echo', { text: 'one' }))).toBe(true);
    expect(readRefusal(await caller.call('echo', { text: 'two' }))).toBe('action.denied');
    const decisions = await gateway.records({ kind: 'action.decision', agent: caller.agentId });
    expect(decisions).toHaveLength(2);
    for (const { id } of decisions) {
      const explained = requireDone<Explained>(
        await gateway.operator('POST', '/v1/policies/explain', { id, days: 0 }),
      );
      expect(explained.repeated).toMatchObject({ isSame: true, why: null });
    }
    const today = `${PERMIT_ALL} forbid (principal, action, resource) when { context.today.agentCalls > 9 };`;
    const replayed = await gateway.operator('POST', '/v1/policies/replay', {
      files: [{ name: 'test.cedar', text: today }],
      sinceSeconds: 3600,
    });
    expect(requireDone(replayed)).toMatchObject({
      notRebuilt: { 'unknown: context.today': expect.any(Number) },
    });
    const unknown = await gateway.operator('POST', '/v1/policies/explain', { id: 'act_0' });
    expect(unknown.json).toMatchObject({ code: 'policy.decision_not_found' });
  });
});
