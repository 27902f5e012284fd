import { createSessionClient, makeAgentKey } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { readCode, speakNaively, useSessions } from './ground/use-sessions.ts';

const list = { jsonrpc: '2.0', id: 7, method: 'tools/list', params: {} };

describe('mcp.session-hijack', () => {
  const ground = useSessions();

  it('succeeds against a naive gateway: whoever knows the id is in', async () => {
    const reply = await speakNaively(list);
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('test_simple_text');
  });

  it('fails here for another agent, whatever it sends, and looks like an id that never was', async () => {
    const victim = await ground().connect();
    const thief = await ground().connect();
    const stolen = { as: thief, sessionId: victim.client.sessionId };
    const madeUp = { as: thief, sessionId: 'AAAAAAAAAAAAAAAAAAAAAA' };
    for (const request of [
      { message: list },
      { message: { jsonrpc: '2.0', method: 'notifications/initialized' } },
      { message: { jsonrpc: '2.0', id: 1, result: {} } },
      { method: 'GET' as const },
      { method: 'DELETE' as const },
    ]) {
      const refused = await victim.client.send({ ...request, ...stolen });
      const unknown = await victim.client.send({ ...request, ...madeUp });
      expect([refused.status, unknown.status]).toEqual([404, 404]);
      const [one, other] = [await refused.message(), await unknown.message()];
      const withoutIds = (body: unknown) => JSON.stringify(body).replace(/act_\w+/, 'act');
      expect(withoutIds(one)).toBe(withoutIds(other));
    }
    expect(await victim.client.ask('ping')).toMatchObject({ result: {} });
    const refusals = await ground().gateway.records({ kind: 'action.refused', agent: thief.agent.agentId });
    expect(refusals).toHaveLength(10);
    expect(refusals[0]).toMatchObject({ body: { code: 'action.session_unknown' } });
  });

  it('fails here for the same agent with another key, with another task and at another upstream', async () => {
    const { gateway, connect } = ground();
    const victim = await connect();
    const { agent, client, task, delegation } = victim;
    const resource = [`${gateway.url}/mcp/shop`, `${gateway.url}/mcp/store`];
    const proofKey = await makeAgentKey();
    const otherKey = await agent.token({ task, resource, proofKey });
    const byOtherKey = await agent.send({
      url: victim.url,
      token: otherKey,
      proofKey,
      message: list,
      headers: { 'mcp-session-id': client.sessionId },
    });
    expect(byOtherKey.status).toBe(404);
    const { id: otherTask } = await agent.openTask({ delegationId: delegation, purpose: 'Another' });
    const token = await agent.token({ task: otherTask, resource });
    expect((await client.send({ message: list, as: { agent, token } })).status).toBe(404);
    const store = await createSessionClient({ ...victim, url: `${gateway.url}/mcp/store` });
    expect((await store.send({ message: list, sessionId: client.sessionId })).status).toBe(404);
    expect((await client.send({ message: list })).status).toBe(200);
    // A renewed token of the same task and key is the same holder.
    const renewed = await victim.renew();
    expect((await client.send({ message: list, as: { agent, token: renewed } })).status).toBe(200);
  });

  it('a session opens nothing without a token and a proof of its own', async () => {
    const { client, url } = await ground().connect();
    const headers = { 'content-type': 'application/json', 'mcp-session-id': client.sessionId };
    for (const method of ['POST', 'GET', 'DELETE']) {
      const body = method === 'POST' ? { body: JSON.stringify(list) } : {};
      const reply = await fetch(url, {
        method,
        headers: { ...headers, accept: 'text/event-stream' },
        ...body,
      });
      expect(reply.status, await reply.text()).toBe(401);
    }
    expect((await client.send({ message: list })).status).toBe(200);
  });
});

describe('mcp.session-fixation', () => {
  const ground = useSessions();

  it('an id is ours to choose: one that comes along with initialize is neither used nor kept', async () => {
    const { agent, token, url, client } = await ground().connect();
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    };
    for (const planted of ['planted-by-somebody', client.sessionId]) {
      const reply = await agent.send({
        url,
        token,
        message: { jsonrpc: '2.0', id: 0, method: 'initialize', params },
        headers: { 'mcp-session-id': planted },
      });
      expect(reply.status).toBe(200);
      expect(reply.headers['mcp-session-id']).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(reply.headers['mcp-session-id']).not.toBe(planted);
    }
    const planted = await client.send({ message: list, sessionId: 'planted-by-somebody' });
    expect(await readCode(planted)).toBe('action.session_unknown');
  });

  it('ids cannot be foretold', async () => {
    const ids = new Set<string>();
    const enrolled = await ground().gateway.enrol();
    for (let nth = 0; nth < 12; nth++) ids.add((await ground().connect({ enrolled })).client.sessionId);
    expect(ids.size).toBe(12);
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(16);
  });
});
