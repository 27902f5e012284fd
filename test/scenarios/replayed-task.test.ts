import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone, useScene } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

/** Whoever has read what outsiders write pays nobody. */
const NOT_AFTER_READING = `${PERMIT_ALL}
@id("not-after-reading")
forbid (principal, action in Countersign::Action::"effect:spend", resource)
when { context.task.labels.trust == "untrusted" };
@id("no-echo") forbid (principal, action == Countersign::Action::"shop/echo", resource)
when { context.args.text == "two" };`;
const scene = useScene();

interface Replayed {
  readonly changed: number;
  readonly actions: readonly { readonly tool: string }[];
}

describe('policy.task-replay', () => {
  let caller: Caller;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-replay-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const ask = (body: object) => scene().gateway.operator('POST', '/v1/policies/replay/task', body);
  const files = [{ name: 'test.cedar', text: NOT_AFTER_READING }];
  const payment = { to: 'DE00', amount: 100, currency: 'EUR' };

  beforeAll(async () => {
    const { gateway, url } = scene();
    caller = createCaller(await gateway.enrol(), url);
    for (const text of ['one', 'two']) expect(isResult(await caller.call('echo', { text }))).toBe(true);
    expect(isResult(await caller.call('pay', payment))).toBe(true);
    await waitForRecord(gateway, 'action.outcome', { agent: caller.agentId, tool: 'shop/pay' });
  });

  it('decides each action again as the task was then, in order, and marks what follows a change', async () => {
    const replayed = requireDone<Replayed>(await ask({ task: caller.task, files }));
    const calls = replayed.actions.filter(({ tool }) => !tool.includes('@'));
    expect(calls).toMatchObject([
      {
        tool: 'shop/echo',
        was: { effect: 'allow' },
        is: { effect: 'allow' },
        isChanged: false,
        afterChange: false,
      },
      {
        tool: 'shop/echo',
        is: { effect: 'deny', policies: ['test:no-echo'] },
        isChanged: true,
        afterChange: false,
      },
      { tool: 'shop/pay', is: { effect: 'deny', policies: ['test:not-after-reading'] }, afterChange: true },
    ]);
    expect(replayed).toMatchObject({ changed: 2, truncated: false, against: 'candidate' });
    expect(requireDone(await ask({ task: caller.task, version: 'active' }))).toMatchObject({ changed: 0 });
  });

  it('does, counts and records nothing', async () => {
    const { gateway, upstream } = scene();
    // That somebody looked is told, and nothing else.
    const look = async () => ({
      records: (await gateway.records({})).filter(({ kind }) => kind !== 'ledger.read').length,
      calls: upstream.journal.calls('pay').length,
      task: requireDone(await gateway.operator('GET', `/v1/tasks/${caller.task}`)),
    });
    const before = await look();
    requireDone(await ask({ task: caller.task, files }));
    expect(await look()).toEqual(before);
    expect(isResult(await caller.call('echo', { text: 'two' }))).toBe(true);
  });

  it('refuses what is no task, no policy, and whoever may not read both', async () => {
    expect(readRefusalOf(await ask({ task: 'tsk_00000000000000000000000000', version: 'active' }))).toBe(
      'task.not_found',
    );
    const broken = [{ name: 'test.cedar', text: 'permit (' }];
    expect(readRefusalOf(await ask({ task: caller.task, files: broken }))).toBe('policy.invalid');
    const approver = await scene().gateway.invite('Somebody who approves', ['approver']);
    const body = { task: caller.task, version: 'active' };
    expect(readRefusalOf(await approver.request('POST', '/v1/policies/replay/task', body))).toBe(
      'person.forbidden',
    );
  });

  it('is asked for from the command line', async () => {
    const { gateway } = scene();
    writeFileSync(join(folder, 'test.cedar'), NOT_AFTER_READING);
    const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
    const words = ['tasks', 'replay', caller.task];
    const replayed = await runCountersign([...words, '--policy', folder, '--fail-on-change'], {
      environment,
    });
    expect(replayed, replayed.stderr).toMatchObject({ exitCode: 4 });
    expect(replayed.stdout).toMatch(/shop\/pay .*allow \(test:all\) .*deny \(test:not-after-reading\)/);
    const same = await runCountersign([...words, '--fail-on-change', '--json'], { environment });
    expect(same.exitCode, same.stderr).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ changed: 0 });
  });
});

function readRefusalOf({ json }: { readonly json: unknown }): unknown {
  return (json as { code?: string }).code;
}
