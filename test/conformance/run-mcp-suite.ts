import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SuiteRun {
  readonly exitCode: number | null;
  /** Status of every check, by scenario and check; a check that runs several times counts each time. */
  readonly checks: ReadonlyMap<string, string>;
  readonly passed: number;
  readonly failed: readonly string[];
  readonly output: string;
}

const require = createRequire(import.meta.url);
const RUN_LIMIT_MILLISECONDS = 110_000;

/** Runs the public MCP conformance suite, unchanged and as a process of its own, against a server. */
export async function runMcpSuite(url: string, revision: '2026-07-28' | '2025-11-25'): Promise<SuiteRun> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-conformance-'));
  try {
    const suite = require.resolve('@modelcontextprotocol/conformance/dist/index.js');
    const args = [suite, 'server', '--url', url, '--requirements', revision, '--output-dir', folder];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_LIMIT_MILLISECONDS,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    const checks = await readChecks(folder);
    const failed = [...checks].filter(([, status]) => status === 'FAILURE').map(([name]) => name);
    const passed = [...checks.values()].filter((status) => status === 'SUCCESS').length;
    return { exitCode, checks, passed, failed, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readChecks(folder: string): Promise<Map<string, string>> {
  const checks = new Map<string, string>();
  for (const run of (await readdir(folder)).sort()) {
    const scenario = run.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    const found = JSON.parse(await readFile(join(folder, run, 'checks.json'), 'utf8')) as Check[];
    for (const { id, status } of found) {
      let name = `${scenario}/${id}`;
      for (let nth = 2; checks.has(name); nth += 1) name = `${scenario}/${id}#${nth}`;
      checks.set(name, status);
    }
  }
  return checks;
}

interface Check {
  readonly id: string;
  readonly status: string;
}
