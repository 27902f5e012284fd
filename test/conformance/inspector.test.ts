import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  makeAgentKey,
  startEverythingUpstream,
  startGateway,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const launcher = createRequire(new URL('../../packages/testkit/package.json', import.meta.url)).resolve(
  '@modelcontextprotocol/inspector/clients/launcher/build/index.js',
);
const countersign = fileURLToPath(new URL('../../packages/cli/bin/countersign.js', import.meta.url));

// The Inspector knows nothing of tokens or keys: it starts the bridge as it would start any stdio server.
describe('mcp.inspector', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let folder: string;
  let bridge: readonly string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-inspector-'));
    upstream = await startEverythingUpstream();
    gateway = await startGateway();
    await gateway.addUpstream('everything', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    const key = await makeAgentKey();
    const { agent } = await gateway.enrol({ key, isDefault: true });
    const keyFile = join(folder, 'agent.json');
    await writeFile(keyFile, JSON.stringify(key.privateJwk), { mode: 0o600 });
    const options = ['--agent', agent.agentId, '--key', keyFile, '--url', gateway.url];
    bridge = [process.execPath, countersign, 'mcp-stdio', 'everything', ...options];
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The Inspector takes the server's command first; `--` keeps its options from being read as its own. */
  async function inspect(...request: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await run(launcher, ['--cli', ...bridge, ...request]);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  }

  it('lists the tools through the stdio bridge', async () => {
    const { tools } = (await inspect('--method', 'tools/list')) as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toContain('test_simple_text');
  });

  it('calls a tool through the stdio bridge, and the call is in the ledger', async () => {
    const result = await inspect('--method', 'tools/call', '--tool-name', 'test_simple_text');
    expect(result).toMatchObject({ content: [{ type: 'text' }] });
    const outcomes = await gateway.records({ kind: 'action.outcome' });
    expect(outcomes.map(({ tool }) => tool)).toContain('test_simple_text');
  });
});

function run(
  script: string,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    setTimeout(() => child.kill(), 60_000).unref();
  });
}
