import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  type AgentProxy,
  everythingProgram,
  makeAgentKey,
  startAgentProxy,
  startEverythingUpstream,
  startGateway,
  type TestGateway,
} from '@countersign/testkit';
import {
  DpopSession,
  Client as NewClient,
  StreamableHTTPClientTransport as NewTransport,
  PrivateKeyJwtProvider,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  PromptListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const launcher = createRequire(new URL('../../packages/testkit/package.json', import.meta.url)).resolve(
  '@modelcontextprotocol/inspector/clients/launcher/build/index.js',
);
const upstreams = ['modern', 'program'];
const ends: (() => Promise<void>)[] = [];
const urls: { [upstream: string]: string } = {};
let gateway: TestGateway;

beforeAll(async () => {
  const upstream = await startEverythingUpstream();
  ends.push(() => upstream.close());
  gateway = await startGateway();
  ends.push(() => gateway.stop());
  urls.modern = await gateway.addUpstream('modern', { url: upstream.url });
  urls.program = await gateway.addUpstream('program', { program: everythingProgram() });
  await gateway.activatePolicy('permit (principal, action, resource);');
}, 60_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Adds a token and a proof to what a client sends that can do neither, and nothing else. */
async function openProxy(upstream: string): Promise<AgentProxy> {
  const { agent, token } = await gateway.enrol();
  const proxy = await startAgentProxy({ agent, target: urls[upstream] ?? '', token: async () => token });
  ends.push(() => proxy.close());
  return proxy;
}

describe('mcp.unmodified-older-client', () => {
  it.each(upstreams)('the 1.x library: calls, answers, listens and leaves: %s', async (upstream) => {
    const proxy = await openProxy(upstream);
    const client = new Client(
      { name: 'unmodified', version: '1.0.0' },
      { capabilities: { sampling: {}, elicitation: {} } },
    );
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      role: 'assistant',
      model: 'test',
      content: { type: 'text', text: 'forty-two' },
    }));
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { response: 'yes' } }));
    let changes = 0;
    client.setNotificationHandler(PromptListChangedNotificationSchema, () => {
      changes += 1;
    });
    const transport = new StreamableHTTPClientTransport(new URL(proxy.url));
    // Its optional members are not declared as such under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    expect(transport.protocolVersion).toBe('2025-11-25');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('test_simple_text');
    const greeted = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(greeted.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    const sampled = await client.callTool({ name: 'test_sampling', arguments: { prompt: 'hi' } });
    expect(JSON.stringify(sampled.content)).toContain('forty-two');
    const elicited = await client.callTool({ name: 'test_elicitation', arguments: { message: 'sure?' } });
    expect(JSON.stringify(elicited.content)).toContain('action=accept');
    const heard: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void heard.push(progress);
    await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, undefined, { onprogress });
    expect(heard).toEqual([0, 50, 100]);
    if (upstream === 'modern') {
      await expect
        .poll(async () => {
          await client.callTool({ name: 'test_trigger_prompt_change', arguments: {} });
          return changes;
        })
        .toBeGreaterThan(0);
    }
    await client.ping();
    await transport.terminateSession();
    await client.close();
  });

  it('the 2.x library in its older mode, with its own proof of possession', async () => {
    const key = await makeAgentKey();
    const { agent } = await gateway.enrol({ key, isDefault: true });
    const session = await DpopSession.create();
    const provider = new PrivateKeyJwtProvider({
      clientId: agent.agentId,
      privateKey: { ...key.privateJwk },
      algorithm: key.algorithm,
      expectedIssuer: gateway.url,
    });
    const authProvider = Object.assign(provider, { dpop: () => session });
    const client = new NewClient(
      { name: 'unmodified', version: '1.0.0' },
      { versionNegotiation: { mode: 'legacy' }, capabilities: { sampling: {} } },
    );
    client.setRequestHandler('sampling/createMessage', () => ({
      role: 'assistant',
      model: 'test',
      content: { type: 'text', text: 'forty-two' },
    }));
    await client.connect(new NewTransport(new URL(urls.modern ?? ''), { authProvider }));
    expect(client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
    const greeted = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(greeted.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    const sampled = await client.callTool({ name: 'test_sampling', arguments: { prompt: 'hi' } });
    expect(JSON.stringify(sampled.content)).toContain('forty-two');
    await client.close();
    const kinds = (await gateway.records({ agent: agent.agentId })).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['action.intent', 'action.decision', 'action.outcome']));
  });

  it('the Inspector', async () => {
    const { url } = await openProxy('modern');
    const listed = (await inspect(url, '--method', 'tools/list')) as { tools: readonly { name: string }[] };
    expect(listed.tools.map(({ name }) => name)).toContain('test_simple_text');
    const called = await inspect(url, '--method', 'tools/call', '--tool-name', 'test_simple_text');
    expect(called).toMatchObject({ content: [{ type: 'text' }] });
    const intents = await gateway.records({ kind: 'action.intent' });
    expect(intents.map(({ body }) => (body as { method: string }).method)).toContain('initialize');
  });
});

async function inspect(url: string, ...request: string[]): Promise<unknown> {
  const args = [launcher, '--cli', url, '--transport', 'http', '--protocol-era', 'legacy', ...request];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}
