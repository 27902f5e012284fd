import { describe, expect, it } from 'vitest';
import { readCode, type SessionParty, useSessions } from './ground/use-sessions.ts';

const capabilities = { sampling: {}, elicitation: {} };
const said = { role: 'assistant', model: 'm', content: { type: 'text', text: 'from whom?' } };

describe('mcp.session-answers', () => {
  const ground = useSessions();

  async function ask({ client }: SessionParty) {
    const reply = await client.request('tools/call', { name: 'test_sampling', arguments: { prompt: 'hi' } });
    await expect.poll(() => reply.events.length).toBe(1);
    return { reply, id: reply.events[0]?.message.id };
  }

  it('an answer to what nobody asked is refused', async () => {
    const { client } = await ground().connect({ capabilities });
    for (const id of [1, 0, -1, 'q1', null, 2 ** 40]) {
      const reply = await client.answer(id, { result: said });
      expect(reply.status).toBe(400);
      expect(await readCode(reply)).toBe('action.answer_unexpected');
    }
  });

  it('an answer counts once, and not under another form of its id', async () => {
    const party = await ground().connect({ capabilities });
    const { reply, id } = await ask(party);
    expect((await party.client.answer(String(id), { result: said })).status).toBe(400);
    expect((await party.client.answer(id, { result: said })).status).toBe(202);
    expect((await party.client.answer(id, { result: said })).status).toBe(400);
    expect(JSON.stringify(await reply.message())).toContain('from whom?');
  });

  it('an answer from another session, of the same agent or of another, reaches nobody', async () => {
    const victim = await ground().connect({ capabilities });
    const own = await ground().connect({ capabilities, enrolled: victim });
    const thief = await ground().connect({ capabilities });
    const { reply, id } = await ask(victim);
    expect((await own.client.answer(id, { result: said })).status).toBe(400);
    expect((await thief.client.answer(id, { result: said })).status).toBe(400);
    const message = { jsonrpc: '2.0', id, result: said };
    const { sessionId } = victim.client;
    expect((await thief.client.send({ message, sessionId })).status).toBe(404);
    expect(reply.events).toHaveLength(1);
    await victim.client.answer(id, { result: { ...said, content: { type: 'text', text: 'mine' } } });
    expect(JSON.stringify(await reply.message())).toContain('mine');
  });

  it('an answer after the call was cancelled reaches nobody', async () => {
    const { client } = await ground().connect({ capabilities });
    const call = { name: 'test_sampling', arguments: { prompt: 'hi' } };
    const reply = await client.request('tools/call', call, 'mine');
    await expect.poll(() => reply.events.length).toBe(1);
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'mine' } };
    await client.send({ message: cancelled });
    expect(await readCode(reply)).toBe('action.aborted');
    expect((await client.answer(reply.events[0]?.message.id, { result: said })).status).toBe(400);
  });

  it('an answer that is too large, or none at all, is refused and the question stays open', async () => {
    const party = await ground().connect({ capabilities });
    const { reply, id } = await ask(party);
    const large = { ...said, content: { type: 'text', text: 'x'.repeat(5 * 1024 * 1024) } };
    const refused = await party.client.answer(id, { result: large }).catch(() => undefined);
    expect(refused?.status ?? 413).toBe(413);
    const both = { jsonrpc: '2.0', id, result: said, error: { code: 1, message: 'no' } };
    expect((await party.client.send({ message: both })).status).toBe(400);
    expect((await party.client.send({ message: { jsonrpc: '2.0', id, result: 'text' } })).status).toBe(400);
    expect((await party.client.answer(id, { result: said })).status).toBe(202);
    expect(await reply.message()).toHaveProperty('result');
  });

  it('cancelling names a call of the same session only', async () => {
    const victim = await ground().connect({ capabilities });
    const own = await ground().connect({ capabilities, enrolled: victim });
    const call = { name: 'test_sampling', arguments: { prompt: 'hi' } };
    const reply = await victim.client.request('tools/call', call, 'mine');
    await expect.poll(() => reply.events.length).toBe(1);
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'mine' } };
    expect((await own.client.send({ message: cancelled })).status).toBe(202);
    expect((await victim.client.answer(reply.events[0]?.message.id, { result: said })).status).toBe(202);
    expect(await reply.message()).toHaveProperty('result');
  });
});
