import { mcpRequest, toolCall } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { readRefusal } from './ground/read-refusal.ts';
import { readCode, useSessions } from './ground/use-sessions.ts';

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

describe('mcp.session-confusion', () => {
  const ground = useSessions();

  it('a session is no way to send a message of the later revision', async () => {
    const { client } = await ground().connect();
    const { message } = toolCall('greet', { name: 'Ada' });
    const reply = await client.send({ message });
    expect(reply.status).toBe(400);
    expect(await readCode(reply)).toBe('action.header_mismatch');
  });

  it('the later revision has no methods of a session, whatever session comes along', async () => {
    const { agent, token, url, client } = await ground().connect();
    for (const method of ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe']) {
      const { message, headers } = mcpRequest(method, { uri: 'test://watched-resource', level: 'info' });
      const reply = await agent.send({
        url,
        token,
        message,
        headers: { ...headers, 'mcp-session-id': client.sessionId },
      });
      expect(readRefusal(reply)).toBe('action.method_unknown');
    }
    const { message, headers } = toolCall('greet', { name: 'Ada' });
    const asked = { ...headers, 'mcp-session-id': 'nobody-looks-at-it' };
    expect((await agent.send({ url, token, message, headers: asked })).status).toBe(200);
  });

  it('methods of the later revision, and notifications nobody knows, are not served in a session', async () => {
    const { client } = await ground().connect();
    for (const method of ['server/discover', 'subscriptions/listen', 'tasks/get', 'session/end', '__proto__'])
      expect(await readCode(await client.request(method))).toBe('action.method_unknown');
    const odd = { jsonrpc: '2.0', method: 'notifications/made_up', params: {} };
    const reply = await client.send({ message: odd });
    expect(reply.status).toBeGreaterThanOrEqual(400);
  });

  it('headers say the revision of the session and the method of the body, or nothing', async () => {
    const { client } = await ground().connect();
    const refusals = [
      [{ 'mcp-protocol-version': '2025-06-18' }, 'action.version_unsupported'],
      [{ 'mcp-protocol-version': '2024-11-05' }, 'action.version_unsupported'],
      [{ 'mcp-protocol-version': '2025-11-25, 2026-07-28' }, 'action.version_unsupported'],
      [{ 'mcp-method': 'tools/call' }, 'action.header_mismatch'],
    ] as const;
    for (const [headers, code] of refusals) {
      const reply = await client.send({ message: list, headers });
      expect(reply.status, JSON.stringify(headers)).toBe(400);
      expect(await readCode(reply)).toBe(code);
    }
    const withoutSession = await client.send({ message: list, sessionId: null });
    expect(await readCode(withoutSession)).toBe('action.session_missing');
  });

  it('a batch is refused whole, in a session too', async () => {
    const { client, agent } = await ground().connect();
    const reply = await client.send({ message: [list, { ...list, id: 2 }] });
    expect(reply.status).toBe(400);
    expect(await readCode(reply)).toBe('action.malformed');
    const refused = await ground().gateway.records({ kind: 'action.refused', agent: agent.agentId });
    expect(refused[0]).toMatchObject({ body: { code: 'action.malformed' } });
  });

  it('what a client says beside its arguments does not reach the upstream as ours', async () => {
    const { client } = await ground().connect();
    const smuggled = { requestState: 'forged', inputResponses: { answer: {} }, task: { ttl: 1 } };
    const { result } = await client.ask('tools/call', {
      name: 'test_input_required_result_elicitation',
      arguments: {},
      ...smuggled,
    });
    expect(JSON.stringify(result ?? {})).not.toContain('Hello');
  });

  it('nothing that can be said in a session is too much for the server', async () => {
    const { client } = await ground().connect({ capabilities: { sampling: {}, elicitation: { url: {} } } });
    const methods = [
      'tools/call',
      'resources/subscribe',
      'logging/setLevel',
      'prompts/get',
      'completion/complete',
    ];
    const odd = [
      null,
      [],
      {},
      0,
      'x',
      { _meta: [] },
      { _meta: { progressToken: {} } },
      { name: 'greet', arguments: [] },
    ];
    const values = [
      ...odd,
      { uri: {} },
      { uri: 'x'.repeat(10_000) },
      { level: {} },
      { name: {} },
      { ref: [] },
    ];
    const replies = [];
    for (const method of [
      ...methods,
      'initialize',
      'ping',
      'notifications/cancelled',
      'notifications/progress',
    ]) {
      for (const params of values) {
        const id = method.startsWith('notifications/')
          ? {}
          : { id: `${method} ${JSON.stringify(params)}`.slice(0, 99) };
        replies.push(client.send({ message: { jsonrpc: '2.0', method, params, ...id } }));
      }
    }
    for (const body of odd)
      replies.push(client.send({ message: { jsonrpc: '2.0', id: body, result: body } }));
    for (const reply of await Promise.all(replies)) {
      const code = await readCode(reply);
      expect(reply.status).toBeLessThan(500);
      expect(code).not.toBe('server.internal');
    }
    expect(await client.ask('ping')).toMatchObject({ result: {} });
  });

  it('a page of another site cannot use a session', async () => {
    const { client } = await ground().connect();
    for (const method of ['POST', 'GET', 'DELETE'] as const) {
      const reply = await client.send({
        method,
        headers: { origin: 'https://evil.example' },
        ...(method === 'POST' && { message: list }),
      });
      expect(reply.status).toBe(403);
    }
    expect((await client.send({ method: 'GET', headers: { origin: 'null' } })).status).toBe(403);
  });
});
