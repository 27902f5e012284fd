import { describe, expect, it } from 'vitest';
import { readCode, useSessions } from './ground/use-sessions.ts';

const progress = { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 1 } };

describe('mcp.session-foreign-event', () => {
  const ground = useSessions();

  it('an event of another session resumes nothing, nor does one that never was', async () => {
    const victim = await ground().connect();
    const own = await ground().connect({ enrolled: victim });
    const reply = await victim.client.request('tools/call', progress);
    await reply.ended;
    const [id = ''] = reply.ids;
    const [key] = id.split('.');
    for (const stolen of [id, `${key}.99`, 'AAAAAAAAAAAA.0', 'x', `${id} `, '../etc', `${key}.1e3`]) {
      const refused = await own.client.listen(stolen);
      expect(refused.status, stolen).toBe(400);
      expect(await readCode(refused)).toBe('action.event_unknown');
    }
    const resumed = await victim.client.listen(id);
    await resumed.ended;
    expect(resumed.events.length).toBe(reply.events.length);
  });
});

describe('mcp.session-endless-streams', () => {
  const ground = useSessions();

  it('a session has one stream of its own, and each of its calls one connection', async () => {
    const { client } = await ground().connect();
    const streams = [];
    for (let nth = 0; nth < 20; nth++) streams.push(await client.listen());
    for (const stream of streams.slice(0, -1)) await stream.ended;
    let isOpen = true;
    void streams.at(-1)?.ended.then(() => {
      isOpen = false;
    });
    expect((await client.send({ method: 'DELETE' })).status).toBe(204);
    await expect.poll(() => isOpen).toBe(false);
  });

  it('a stream whose subscription is refused stays, without what was refused, until the task ends', async () => {
    const { gateway, connect } = ground();
    const { agent, client, task } = await connect({ enrol: { limits: { actions: ['shop/greet'] } } });
    const stream = await client.listen();
    expect(stream.status).toBe(200);
    const other = await connect();
    await other.client.ask('tools/call', { name: 'test_trigger_prompt_change', arguments: {} });
    const decisions = await gateway.records({ agent: agent.agentId, kind: 'action.decision' });
    expect(decisions[0]).toMatchObject({ body: { effect: 'deny', decidedBy: 'limits' } });
    await agent.endTask(task);
    await stream.ended;
    expect(stream.events).toEqual([]);
  });

  it('a stream that is asked for without accepting one is refused', async () => {
    const { client } = await ground().connect();
    const reply = await client.send({ method: 'GET', headers: { accept: 'application/json' } });
    expect(reply.status).toBe(415);
  });
});

describe('mcp.session-flood', () => {
  const ground = useSessions();

  it('initializing without end takes room from nobody but oneself', async () => {
    const { connect, gateway } = ground();
    const bystander = await connect();
    const flooder = await gateway.enrol();
    const opened = [];
    for (let nth = 0; nth < 12; nth++) opened.push(await connect({ enrolled: flooder }));
    const alive = [];
    for (const { client } of opened) alive.push((await client.request('ping')).status === 200);
    expect(alive.filter(Boolean)).toHaveLength(8);
    expect(alive.slice(-8).every(Boolean)).toBe(true);
    expect(await bystander.client.ask('ping')).toMatchObject({ result: {} });
    await connect();
  });

  it('sessions in use make no room: then there is none', async () => {
    const { connect, gateway } = ground();
    const enrolled = await gateway.enrol();
    const streams = [];
    for (let nth = 0; nth < 8; nth++) streams.push(await (await connect({ enrolled })).client.listen());
    await expect(connect({ enrolled })).rejects.toThrow('429');
    for (const stream of streams) stream.drop();
    await expect
      .poll(() =>
        connect({ enrolled }).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  it('calls that wait for their client are bounded, and an id in use cannot be used again', async () => {
    const { client } = await ground().connect({ capabilities: { sampling: {} } });
    const call = { name: 'test_sampling', arguments: { prompt: 'hi' } };
    const replies = [];
    for (let nth = 0; nth < 64; nth++) replies.push(await client.request('tools/call', call, `c${nth}`));
    expect(await readCode(await client.request('tools/call', call, 'c0'))).toBe('action.session_full');
    expect((await client.request('tools/call', call, 'more')).status).toBe(429);
    await client.send({ method: 'DELETE' });
    for (const reply of replies) expect(await readCode(reply)).toBe('action.session_unknown');
  });
});

describe('mcp.session-outlives', () => {
  const ground = useSessions();
  const capabilities = { sampling: {} };
  const call = { name: 'test_sampling', arguments: { prompt: 'hi' } };

  it.each([
    ['its task', 'task.not_open'],
    ['its delegation', 'delegation.not_active'],
    ['a stop', 'signal.stopped'],
  ])('a session ends with %s, in the middle of what it does', async (end, code) => {
    const { gateway, connect } = ground();
    const { agent, client, task, delegation } = await connect({ capabilities });
    const stream = await client.listen();
    const waiting = await client.request('tools/call', call);
    await expect.poll(() => waiting.events.length).toBe(1);
    if (end === 'its task') await agent.endTask(task);
    if (end === 'its delegation')
      await gateway.operator('POST', `/v1/delegations/${delegation}/revoke`, { reason: 'Test' });
    const target = { scope: 'agent', target: agent.agentId, reason: 'Test' };
    const stopped = end === 'a stop' ? await gateway.operator('POST', '/v1/signals', target) : undefined;
    await stream.ended;
    expect(await readCode(waiting)).toBe(code);
    const said = { role: 'assistant', model: 'm', content: { type: 'text', text: 'late' } };
    const late = await client.answer(waiting.events[0]?.message.id, { result: said });
    expect(await readCode(late)).toMatch(/^(task\.not_open|delegation\.not_active|signal\.stopped)$/);
    // Lifting the stop does not bring it back.
    if (stopped !== undefined) {
      const { id } = (stopped.json as { stop: { id: string } }).stop;
      await gateway.operator('POST', `/v1/signals/${id}/lift`, { reason: 'Test' });
      const reply = await client.request('ping');
      expect(await readCode(reply)).toBe('action.session_unknown');
    }
  });
});
