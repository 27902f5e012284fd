import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  makeAgentKey,
  startEverythingUpstream,
  startGateway,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countersignCommand, runCountersign } from './run-countersign.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-bridge-'));
const keyFile = join(folder, 'agent.key');
const policy = `
permit (principal, action, resource);
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action, resource == Countersign::Tool::"everything/greet")
  when { context has args && context.args has name && context.args.name == "Ask" };
`;
let upstream: Upstream;
let gateway: TestGateway;
let agentId: string;
const open: Bridged[] = [];

interface Bridged {
  readonly client: Client;
  stderr(): string;
}

beforeAll(async () => {
  upstream = await startEverythingUpstream();
  gateway = await startGateway();
  await gateway.addUpstream('everything', { url: upstream.url });
  const activated = await gateway.activatePolicy(policy);
  expect(activated.body).toContain('pol_');
  const key = await makeAgentKey();
  agentId = (await gateway.enrol({ key, isDefault: true })).agent.agentId;
  writeFileSync(keyFile, JSON.stringify(key.privateJwk), { mode: 0o600 });
}, 60_000);
afterAll(async () => {
  await Promise.all(open.map(({ client }) => client.close()));
  await gateway?.stop();
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Mode = 'legacy' | 'auto' | { readonly pin: '2026-07-28' };

/** The official client, unmodified, with the bridge as its stdio server. */
async function connect(mode: Mode, capabilities: ClientOptions['capabilities'] = {}): Promise<Bridged> {
  const words = ['mcp-stdio', 'everything', '--url', gateway.url, '--agent', agentId, '--key', keyFile];
  const transport = new StdioClientTransport({ ...countersignCommand(...words), stderr: 'pipe' });
  let stderr = '';
  transport.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const client = new Client(
    { name: 'unmodified', version: '1.0.0' },
    { capabilities, versionNegotiation: { mode } },
  );
  await client.connect(transport);
  const bridged = { client, stderr: () => stderr };
  open.push(bridged);
  return bridged;
}

const textOf = (result: Awaited<ReturnType<Client['callTool']>>): string => {
  const [block] = Array.isArray(result.content) ? result.content : [];
  return block?.type === 'text' ? block.text : '';
};
const greet = (client: Client, name: string) => client.callTool({ name: 'greet', arguments: { name } });

describe.each<[string, Mode]>([
  ['a client of revision 2025-11-25', 'legacy'],
  ['a client that finds the revision out', 'auto'],
  ['a client of revision 2026-07-28', { pin: '2026-07-28' }],
])('mcp.stdio-bridge before %s', (_name, mode) => {
  it('lists, calls, reads and prompts', async () => {
    const { client } = await connect(mode);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('greet');
    expect(textOf(await greet(client, 'Ada'))).toBe('Hello, Ada!');
    const { contents } = await client.readResource({ uri: 'test://static-text' });
    expect(contents).toHaveLength(1);
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(0);
  });

  it('passes progress on', async () => {
    const { client } = await connect(mode);
    const steps: number[] = [];
    const given = { name: 'test_tool_with_progress', arguments: {} };
    await client.callTool(given, { onprogress: ({ progress }) => void steps.push(progress) });
    expect(steps).toEqual([0, 50, 100]);
  });

  it('brings questions of the server to the client and the answers back', async () => {
    const { client } = await connect(mode, { elicitation: { form: {} } });
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Grace' } }));
    const asked = await client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} });
    expect(textOf(asked)).toBe('Hello, Grace!');
  });

  it('repeats marked arguments in headers', async () => {
    const { client } = await connect(mode);
    const { tools } = await client.listTools();
    const tool = tools.find(({ name }) => name === 'test_x_mcp_header');
    const given = fillArguments(tool?.inputSchema ?? {});
    const result = await client.callTool({ name: 'test_x_mcp_header', arguments: given });
    expect(result.isError ?? false).toBe(false);
  });

  it('says a refusal in words, and a pending approval with its page', async () => {
    const { client, stderr } = await connect(mode);
    const pending = textOf(await greet(client, 'Ask'));
    const approval = /^PENDING (apr_\w+)/.exec(pending)?.[1] ?? '';
    expect(pending).toContain(`${gateway.url}/approvals/${approval}`);
    expect(stderr()).toContain(`${gateway.url}/approvals/${approval}`);
    expect((await gateway.administrator.decide(approval, 'approve')).status).toBe(200);
    expect(textOf(await greet(client, 'Ask'))).toBe('Hello, Ask!');
  });

  it('waits for a person when the client can show a link', async () => {
    const { client } = await connect(mode, { elicitation: { url: {} } });
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      const link = 'url' in params ? String(params.url) : '';
      void gateway.administrator.decide(link.split('/').at(-1) ?? '', 'approve');
      return { action: 'accept' };
    });
    expect(textOf(await greet(client, 'Ask'))).toBe('Hello, Ask!');
  });

  it('cuts a call that the client cancels', async () => {
    const { client } = await connect(mode);
    const aborted = new AbortController();
    const call = client.callTool(
      { name: 'slow_compute', arguments: { seconds: 20 } },
      { signal: aborted.signal },
    );
    setTimeout(() => aborted.abort(), 1_000);
    await expect(call).rejects.toThrow();
    expect(textOf(await greet(client, 'Ada'))).toBe('Hello, Ada!');
    await expect
      .poll(async () => (await outcomesOf('slow_compute')).at(0), { timeout: 10_000 })
      .toBeDefined();
  });
});

async function outcomesOf(tool: string): Promise<readonly unknown[]> {
  return (await gateway.records({ kind: 'action.outcome', tool: `everything/${tool}` })).map(
    ({ body }) => body,
  );
}

/** Something of the right type for every property that a schema names. */
function fillArguments(schema: { properties?: object | undefined }): Record<string, unknown> {
  const values: Record<string, unknown> = { string: 'Zürich', integer: 7, number: 7, boolean: true };
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, { type }]: [string, { type?: string }]) => [
      name,
      values[type ?? ''],
    ]),
  );
}

describe('mcp.stdio-bridge', () => {
  it('ends its task with the session', async () => {
    const { client, stderr } = await connect('legacy');
    await greet(client, 'Ada');
    const task = /task (tsk_\w+) is open/.exec(stderr())?.[1] ?? '';
    await client.close();
    await expect
      .poll(async () => (await gateway.records({ task, kind: 'task.ended' })).length, { timeout: 10_000 })
      .toBe(1);
  });

  it('opens no other task when a person has ended it', async () => {
    const { client, stderr } = await connect('legacy');
    await greet(client, 'Ada');
    const task = /task (tsk_\w+) is open/.exec(stderr())?.[1] ?? '';
    const countOpened = async () => (await gateway.records({ agent: agentId, kind: 'task.opened' })).length;
    const before = await countOpened();
    await gateway.operator('POST', `/v1/tasks/${task}/end`, {});
    const refused = await greet(client, 'Ada').then(textOf, (error: Error) => error.message);
    expect(refused).toContain('task.not_open');
    expect(await countOpened()).toBe(before);
  });

  it('tells list changes to a client that expects them unasked', async () => {
    const { client } = await connect('legacy');
    const changed = new Promise<void>((resolve) => {
      client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
    });
    await expect
      .poll(
        async () => {
          await client.callTool({ name: 'test_trigger_tool_change', arguments: {} });
          return Promise.race([
            changed.then(() => true),
            new Promise((done) => setTimeout(done, 500, false)),
          ]);
        },
        { timeout: 15_000 },
      )
      .toBe(true);
  });

  it('answers malformed lines, strangers to the handshake and unknown methods with errors', async () => {
    const lines = [
      'no JSON',
      '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
      '[{"jsonrpc":"2.0","id":3,"method":"ping"}]',
      '{"jsonrpc":"2.0","id":4,"method":"tools/list"}',
      '{"jsonrpc":"2.0","id":5,"method":"ping"}',
      '{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"greet","arguments":{"n":9007199254740993}}}',
    ];
    const words = ['mcp-stdio', 'everything', '--url', gateway.url, '--agent', agentId, '--key', keyFile];
    const { exitCode, stdout } = await runCountersign(words, { input: `${lines.join('\n')}\n` });
    expect(exitCode).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Refusals of a line come at once, answers to requests when they are ready.
    const said = answers.map(({ id, error }) => `${id} ${error?.code ?? 'ok'}`).sort();
    expect(said).toEqual(['4 -32600', '5 ok', 'null -32600', 'null -32700', 'null -32700', 'null -32700']);
  });

  it('says why it cannot start', async () => {
    const words = ['mcp-stdio', 'everything', '--url', gateway.url, '--agent', agentId, '--json'];
    expect((await runCountersign(words)).exitCode).toBe(2);
    const other = join(folder, 'other.key');
    writeFileSync(other, JSON.stringify((await makeAgentKey()).privateJwk));
    const stranger = await runCountersign([...words, '--key', other]);
    expect([stranger.exitCode, JSON.parse(stranger.stderr).error.code]).toEqual([
      6,
      'token.client_assertion_invalid',
    ]);
  });
});
