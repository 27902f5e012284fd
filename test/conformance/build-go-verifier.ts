import { execFile, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Inclusion {
  readonly index: number;
  readonly path: readonly string[];
}

interface Consistency {
  readonly checkpoint: string;
  readonly path: readonly string[];
}

export interface GoInput {
  readonly export: readonly string[];
  readonly inclusion: readonly Inclusion[];
  readonly consistency: readonly Consistency[];
}

export interface GoOutput {
  readonly failures: readonly string[];
  readonly records: number;
  readonly key: string;
  readonly note: string;
  readonly leaves: readonly string[];
  readonly proofs: readonly Inclusion[];
  readonly older: readonly Consistency[];
}

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache/', import.meta.url));
const packages = ['golang-go', 'golang-golang-x-mod-dev'];

/** What verifies an export, and makes a log of its own. */
export function buildGoVerifier(): Promise<(input: GoInput) => Promise<GoOutput>> {
  return buildGoProgram('ledger-go');
}

/**
 * Compiles test/conformance/<name> with Debian's Go and its x/mod, installing them first where that is allowed. The program
 * reads one JSON object and writes one.
 */
export async function buildGoProgram<Input, Output>(
  name: 'ledger-go' | 'ledger-tiles-go',
): Promise<(input: Input) => Promise<Output>> {
  if (!(await isInstalled())) await install();
  const source = fileURLToPath(new URL(`./${name}/main.go`, import.meta.url));
  const folder = join(cache, name);
  await mkdir(folder, { recursive: true });
  const binary = join(folder, 'verify');
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOCACHE: join(cache, 'ledger-go', 'cache'),
  };
  await run('go', ['build', '-o', binary, source], { env });
  return async (input) => {
    const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify(input));
    return JSON.parse(await text(child.stdout)) as Output;
  };
}

async function isInstalled(): Promise<boolean> {
  const installed = await Promise.allSettled(packages.map((name) => run('dpkg', ['-s', name])));
  return installed.every(({ status }) => status === 'fulfilled');
}

async function install(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error(`the independent ledger verifier needs: apt-get install ${packages.join(' ')}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env, maxBuffer: 1e8 });
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, maxBuffer: 1e8 });
}
