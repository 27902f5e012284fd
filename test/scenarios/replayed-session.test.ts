import { describe, expect, it } from 'vitest';
import { useSessions } from '../attacks/ground/use-sessions.ts';
import { useHooks } from './ground/use-hooks.ts';
import { requireDone } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

interface Replayed {
  readonly session: string;
  readonly tasks: readonly string[];
  readonly changed: number;
  readonly actions: readonly { readonly tool: string; readonly isChanged: boolean }[];
}

const codeOf = ({ json }: { readonly json: unknown }) => (json as { code?: string }).code;
const forbidding = (action: string) => [
  {
    name: 'test.cedar',
    text: `@id("all") permit (principal, action, resource);
@id("no-more") forbid (principal, action == Countersign::Action::"${action}", resource);`,
  },
];

describe('policy.session-replay of a program that asks through hooks', () => {
  const scene = useHooks();
  const ask = (body: object) => scene().gateway.operator('POST', '/v1/policies/replay/session', body);
  let calls = 0;
  const read = async (session_id: string, secret?: string) => {
    calls += 1;
    const event = { hook_event_name: 'PreToolUse', tool_name: 'Read', tool_input: { file_path: '/a' } };
    const call = { ...event, session_id, tool_use_id: `toolu_${calls}` };
    const { json } = await scene().tell(call, secret === undefined ? {} : { secret });
    expect(json).toMatchObject({ hookSpecificOutput: { permissionDecision: 'allow' } });
  };

  it('decides its own actions again, in whatever tasks they were done, and those of no other', async () => {
    const { tell, gateway } = scene();
    await read('alpha');
    await read('beta');
    await tell({ hook_event_name: 'SessionEnd', session_id: 'alpha', reason: 'other' });
    await read('alpha');
    const files = forbidding('desk/Read');
    const replayed = requireDone<Replayed>(await ask({ session: 'alpha', files }));
    expect(replayed).toMatchObject({ changed: 2, truncated: false, against: 'candidate' });
    expect(replayed.actions).toMatchObject([
      { tool: 'desk/Read', was: { effect: 'allow' }, is: { effect: 'deny' }, afterChange: false },
      { tool: 'desk/Read', is: { effect: 'deny', policies: ['test:no-more'] }, afterChange: true },
    ]);
    expect(replayed.tasks).toHaveLength(2);
    expect(requireDone(await ask({ session: replayed.session, version: 'active' }))).toMatchObject({
      ...{ session: replayed.session, changed: 0 },
    });
    const found = await gateway.operator('GET', '/v1/ledger?q=session:alpha');
    const { items } = requireDone<{ items: readonly { kind: string }[] }>(found);
    expect(items.filter(({ kind }) => kind === 'action.decision')).toHaveLength(2);
  });

  it('does, counts and records nothing but that somebody looked', async () => {
    const { gateway, agent } = scene();
    const look = async () => {
      const tasks = await agent.listTasks();
      const kinds = (await gateway.records({})).map(({ kind }) => kind);
      return { tasks, kinds: kinds.filter((kind) => !kind.startsWith('ledger.')) };
    };
    const before = await look();
    requireDone(await ask({ session: 'beta', files: forbidding('desk/Read') }));
    expect(await look()).toEqual(before);
  });

  it('is not made longer by another agent or hook that takes the same name', async () => {
    const { addHook, agent, otherAgent } = scene();
    await read('gamma');
    const { secret } = await addHook({}, otherAgent);
    const again = await addHook({}, agent);
    await read('gamma', secret);
    await read('gamma', again.secret);
    const files = forbidding('desk/Read');
    expect(codeOf(await ask({ session: 'gamma', files }))).toBe('policy.session_ambiguous');
    const other = requireDone<Replayed>(await ask({ session: 'gamma', of: otherAgent.agentId, files }));
    expect(other.actions).toHaveLength(1);
    expect(codeOf(await ask({ session: 'gamma', of: agent.agentId, files }))).toBe(
      'policy.session_ambiguous',
    );
    const mine = requireDone<Replayed>(await ask({ session: 'gamma', of: again.id, files }));
    expect(mine).toMatchObject({ agent: agent.agentId, changed: 1 });
    expect(mine.actions).toHaveLength(1);
    expect(codeOf(await ask({ session: 'gamma', of: 'agt_nobody', files }))).toBe('policy.session_not_found');
  });

  it('refuses a session nobody has had, what is no policy, and whoever may not read both', async () => {
    const { gateway } = scene();
    for (const session of ['delta', '__proto__', '\u0000', 'session:alpha'])
      expect(codeOf(await ask({ session, version: 'active' }))).toBe('policy.session_not_found');
    expect((await ask({ session: 'x'.repeat(300), version: 'active' })).status).toBe(400);
    const broken = [{ name: 'test.cedar', text: 'permit (' }];
    expect(codeOf(await ask({ session: 'alpha', files: broken }))).toBe('policy.invalid');
    const approver = await gateway.invite('Somebody who approves', ['approver']);
    const body = { session: 'alpha', version: 'active' };
    expect(codeOf(await approver.request('POST', '/v1/policies/replay/session', body))).toBe(
      'person.forbidden',
    );
  });

  it('is asked for from the command line', async () => {
    const { gateway } = scene();
    const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
    const words = ['policies', 'replay', '--session'];
    const same = await runCountersign([...words, 'alpha', '--fail-on', 'newly-denied'], { environment });
    expect(same, same.stderr).toMatchObject({ exitCode: 0 });
    expect(same.stdout).toMatch(/desk\/Read .*allow \(test:all\)/);
    const unknown = await runCountersign([...words, 'delta'], { environment });
    expect(unknown.exitCode).not.toBe(0);
    expect(unknown.stderr).toContain('policy.session_not_found');
  });
});

describe('policy.session-replay of an MCP client', () => {
  const ground = useSessions();

  it('decides its own actions again, and keeps the name that the client holds on to from whoever reads', async () => {
    const { gateway, connect } = ground();
    const enrolled = await gateway.enrol();
    const one = await connect({ enrolled });
    const two = await connect({ enrolled });
    for (const { client } of [one, two, one])
      expect((await client.request('tools/call', { name: 'greet', arguments: { name: 'Ada' } })).status).toBe(
        200,
      );
    const { sessionId: session } = one.client;
    const files = forbidding('shop/greet');
    const replayed = requireDone<Replayed>(
      await gateway.operator('POST', '/v1/policies/replay/session', { session, files }),
    );
    expect(replayed.actions.filter(({ isChanged }) => isChanged)).toMatchObject([
      { tool: 'shop/greet', is: { effect: 'deny' } },
      { tool: 'shop/greet', is: { effect: 'deny' }, afterChange: true },
    ]);
    expect(JSON.stringify(await gateway.records({}))).not.toContain(session);
  });
});
