import { mcpRequest, toolCall } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { callApi } from './ground/call-api.ts';
import { connectClient } from './ground/connect-client.ts';
import { createCaller } from './ground/create-caller.ts';
import { useApi } from './ground/use-api.ts';

const scene = useApi(`
@id("all") permit (principal, action, resource);
@id("ask") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Countersign::Action::"shop/createPayment", resource) when { context.args.body.amount > 100 };
@id("not-gone") forbid (principal, action == Countersign::Action::"shop/deleteCustomer", resource)
when { context.args.path.id < 10 };
@id("tried-out") @mode("warn") forbid (principal, action == Countersign::Action::"shop/readFile", resource);
`);
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const pay = (amount: number) => {
  const { gateway, caller } = scene();
  return callApi(gateway, caller, 'POST', 'shop/payments', {
    headers,
    body: `amount=${amount}&currency=EUR`,
  });
};

describe('http.asked', () => {
  it('is refused with what to do, and goes through as it is after the approval, once', async () => {
    const { gateway, api } = scene();
    expect((await pay(100)).status).toBe(201);
    const before = api.requests.length;
    const asked = await pay(120);
    expect(asked).toMatchObject({ status: 403, json: { code: 'action.pending', retryable: true } });
    expect(asked.headers).toMatchObject({ 'retry-after': '5', 'content-type': 'application/problem+json' });
    const { id } = asked.json.approval as { id: string };
    expect(api.requests.length).toBe(before);
    expect((await pay(120)).json.approval).toMatchObject({ id });

    const approver = await gateway.invite('Grace', ['approver']);
    expect((await approver.decide(id, 'approve')).status).toBe(200);
    expect((await pay(121)).json.code).toBe('action.pending');
    expect((await pay(120)).status).toBe(201);
    expect(api.requests.at(-1)).toMatchObject({ body: 'amount=120&currency=EUR' });
    expect((await pay(120)).json.code).toBe('action.pending');
  });

  it('says of a denial no more than an MCP client is told', async () => {
    const { gateway, caller } = scene();
    const reply = await callApi(gateway, caller, 'DELETE', 'shop/customers/7');
    expect(reply).toMatchObject({ status: 403, json: { code: 'action.denied', retryable: false } });
    expect(reply.json.decision).toMatch(/^rec_/);
    expect(reply.body).not.toContain('not-gone');
    expect((await callApi(gateway, caller, 'DELETE', 'shop/customers/11')).status).toBe(204);
  });
});

describe('http.notice', () => {
  it('says in a header what a policy that is tried out would have done', async () => {
    const { gateway, caller } = scene();
    const reply = await callApi(gateway, caller, 'GET', 'shop/files/a');
    expect(reply.status, reply.body.slice(0, 500)).toBe(200);
    expect(reply.headers['countersign-notice']).toContain('would have refused this call');
    const other = await callApi(gateway, caller, 'GET', 'shop/customers/70');
    expect(other.headers).not.toHaveProperty('countersign-notice');
  });
});

describe('http.as-tools', () => {
  it('offers the operations to MCP clients, decided as the same calls', async () => {
    const { gateway, api } = scene();
    const { client } = await connectClient(gateway, `${gateway.url}/mcp/shop`);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('createPayment');
    const got = await client.callTool({ name: 'getCustomer', arguments: { path: { id: 7 } } });
    expect(got).toMatchObject({ structuredContent: { method: 'GET', path: '/v1/customers/7' } });
    expect(api.requests.at(-1)).toMatchObject({ url: '/v1/customers/7' });
    const missing = await client.callTool({ name: 'getCustomer', arguments: { path: { id: 404 } } });
    expect(missing).toMatchObject({ isError: true, structuredContent: { error: 'no such customer' } });
    const denied = await client.callTool({ name: 'deleteCustomer', arguments: { path: { id: 3 } } });
    expect(JSON.stringify(denied)).toContain('action.denied');
    await client.close();
  });

  it('refuses arguments that could be read as another request', async () => {
    const { gateway, api, caller } = scene();
    const mcp = createCaller(caller, `${gateway.url}/mcp/shop`);
    const before = api.requests.length;
    for (const name of ['..', 'a/b', 'a\\b', '%2e%2e', 'a\r\nb', ''])
      expect((await mcp.call('readFile', { path: { name } })).body).toContain('action.arguments_invalid');
    const trace = { header: { 'X-Trace': 'a\r\nx-api-key: b' } };
    expect((await mcp.call('listCustomers', trace)).body).toContain('action.arguments_invalid');
    const upload = { contentType: 'application/octet-stream', bytes: 1, digest: 'x' };
    const uploaded = await mcp.call('writeFile', { path: { name: 'a' }, upload });
    expect(uploaded.body).toContain('action.arguments_invalid');
    expect(api.requests.length).toBe(before);
  });

  it('knows what every method of MCP that is none of tools is answered with', async () => {
    const { gateway, caller } = scene();
    const mcp = createCaller(caller, `${gateway.url}/mcp/shop`);
    expect((await mcp.send(mcpRequest('prompts/list'))).json).toMatchObject({ error: { code: -32_601 } });
    expect((await mcp.send(mcpRequest('server/discover'))).json).toMatchObject({
      result: { capabilities: { tools: {} } },
    });
    expect((await mcp.send(toolCall('readMixed', {}))).body).toContain('action.tool_unknown');
  });
});
