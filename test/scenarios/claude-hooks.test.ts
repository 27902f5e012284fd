import { describe, expect, it, vi } from 'vitest';
import { useHooks } from './ground/use-hooks.ts';
import { requireDone } from './ground/use-scene.ts';

const scene = useHooks();

const call = (tool_name: string, tool_input: object, tool_use_id: string, more: object = {}) => ({
  ...{ hook_event_name: 'PreToolUse', tool_name, tool_input, tool_use_id },
  ...more,
});
const after = (tool_name: string, tool_response: unknown, tool_use_id: string) => ({
  ...{ hook_event_name: 'PostToolUse', tool_name, tool_input: {}, tool_response, tool_use_id },
});
const answer = (permissionDecision: string, reason: unknown = expect.any(String)) => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision,
    permissionDecisionReason: reason,
  },
});

async function approve(text: string) {
  const [id = ''] = /apr_\w{26}/.exec(text) ?? [];
  requireDone(await scene().gateway.administrator.decide(id, 'approve'));
}

describe('hook.claude', () => {
  it('allows, denies and asks by the policies in force, and knows what came of it', async () => {
    const { tell, gateway, agent } = scene();
    const session_id = 'whole';
    const prompt = {
      hook_event_name: 'UserPromptSubmit',
      session_id,
      prompt: 'Tidy the desk',
      source: 'user',
    };
    expect((await tell(prompt)).json).toEqual({});
    const ls = await tell(call('Bash', { command: 'ls' }, 'toolu_1', { session_id, agent_id: 'sub-1' }));
    expect(ls.json).toEqual(answer('allow'));
    const rm = await tell(call('Bash', { command: 'rm -rf /' }, 'toolu_2', { session_id }));
    expect(rm.json).toMatchObject(answer('deny', expect.stringContaining('action.denied')));
    expect(rm.headers['x-countersign-error']).toBe('action.denied');
    expect((await tell({ ...after('Bash', { stdout: 'a.txt' }, 'toolu_1'), session_id })).json).toEqual({});
    const records = await gateway.records({ agent: agent.agentId });
    const intent = records.find(({ body }) => (body as { askedCall?: string }).askedCall === 'toolu_1');
    expect(intent).toMatchObject({
      body: { front: 'hooks', askedThrough: 'sub-1' },
      upstream: 'desk',
      tool: 'Bash',
    });
    const reported = records.find(({ kind }) => kind === 'action.reported');
    expect(reported?.action).toBe(intent?.action);
    expect(reported?.causes).toContain(intent?.id);
    const { id: task } = (await agent.listTasks())[0] ?? { id: '' };
    expect(intent?.task).toBe(task);
    expect((await tell({ hook_event_name: 'SessionEnd', session_id, reason: 'other' })).json).toEqual({});
    expect((await gateway.records({ task, kind: 'task.ended' })).length).toBe(1);
  });

  it('denies what waits for a person, and lets exactly that call happen once', async () => {
    const { tell } = scene();
    const fetching = (id: string) => call('WebFetch', { url: 'https://a.example/' }, id);
    const first = await tell(fetching('out-1'));
    expect(first.json).toEqual(answer('deny', expect.stringContaining('PENDING apr_')));
    await approve(first.body);
    expect((await tell(fetching('out-1'))).json).toEqual(answer('allow'));
    expect((await tell(fetching('out-2'))).json).toEqual(answer('deny', expect.stringContaining('PENDING')));
  });

  it('keeps a call waiting while a person decides', async () => {
    const { tell, gateway } = scene();
    const requests = () => gateway.records({ kind: 'approval.requested' });
    const before = await requests();
    const waiting = tell(call('WebFetch', { url: 'https://wait.example/' }, 'wait-1'), { query: '?wait=20' });
    const asked = await vi.waitFor(async () => {
      const [request, ...others] = await requests();
      expect(others.length).toBe(before.length);
      return String(request?.approval);
    });
    requireDone(await gateway.administrator.decide(asked, 'approve'));
    expect((await waiting).json).toEqual(answer('allow'));
  });

  it('leaves the last word on what is allowed to the client where its person wants that', async () => {
    const reply = await scene().tell(call('Read', { file_path: 'a' }, 'defer-1'), {
      query: '?allowed=defer',
    });
    expect(reply.json).toEqual({});
  });

  it('goes on in a task that forgets nothing when the first has ended', async () => {
    const { tell, gateway, agent } = scene();
    const session_id = 'long';
    const prompt = { hook_event_name: 'UserPromptSubmit', session_id, prompt: 'Tidy up', source: 'user' };
    await tell(prompt);
    await tell(call('Bash', { command: 'rm x' }, 'long-1', { session_id }));
    await tell({ hook_event_name: 'SessionEnd', session_id, reason: 'other' });
    await tell(call('Read', { file_path: 'a' }, 'long-2', { session_id }));
    const records = await gateway.records({ agent: agent.agentId, kind: 'action.decision' });
    const tasks = new Set(records.slice(0, 2).map(({ task }) => task));
    expect(tasks.size).toBe(2);
    const facts = JSON.stringify(records[0]?.body);
    expect(facts).toContain('"denials":1');
    const { json } = await gateway.operator('GET', `/v1/tasks/${records[0]?.task}`);
    expect(json).toMatchObject({ prompt: 'Tidy up' });
  });

  it('keeps in mind what a session has read, whatever it says of itself', async () => {
    const { tell, addHook } = scene();
    const { secret } = await addHook({ prompts: 'each' });
    const session_id = 'tainted';
    const publish = async (id: string) =>
      (await tell(call('Bash', { command: 'publish notes' }, id, { session_id }), { secret })).json;
    expect(await publish('t-1')).toEqual(answer('allow'));
    await tell(call('Read', { file_path: 'mail.txt' }, 't-2', { session_id }), { secret });
    expect(await publish('t-3')).toMatchObject(answer('deny'));
    await tell({ hook_event_name: 'SessionEnd', session_id, reason: 'other' }, { secret });
    await tell({ hook_event_name: 'SessionStart', session_id, source: 'resume' }, { secret });
    expect(await publish('t-4')).toMatchObject(answer('deny'));
    const prompt = {
      hook_event_name: 'UserPromptSubmit',
      session_id,
      prompt: 'Publish my notes',
      source: 'user',
    };
    expect((await tell(prompt, { secret })).json).toEqual({});
    expect(await publish('t-5')).toMatchObject(answer('deny'));
  });

  it('takes a later prompt for what it is: words that only the program vouches for', async () => {
    const { tell, gateway, addHook } = scene();
    const told = (session_id: string, prompt: string, source = 'user') => ({
      ...{ hook_event_name: 'UserPromptSubmit', session_id, prompt, source },
    });
    await tell(told('prompts', 'First'));
    await tell(call('Read', { file_path: 'a' }, 'p-1', { session_id: 'prompts' }));
    expect((await tell(told('prompts', 'Second'))).json).toEqual({ systemMessage: expect.any(String) });
    expect((await gateway.records({ kind: 'task.prompt_told' })).length).toBe(1);
    expect((await tell(told('prompts', 'A timer', 'loop_wakeup'))).json).toEqual({});
    const { secret } = await addHook({ prompts: 'each' });
    for (const prompt of ['First', 'Second'])
      expect((await tell(told('prompts', prompt), { secret })).json).toEqual({});
    const { items } = (await gateway.operator('GET', '/v1/tasks')).json as { items: { prompt: string }[] };
    expect(items[0]?.prompt).toBe('Second');
  });
});
