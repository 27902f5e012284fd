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
const source = fileURLToPath(new URL('./ledger-go/main.go', import.meta.url));
const folder = fileURLToPath(new URL('../../.cache/ledger-go', import.meta.url));
const packages = ['golang-go', 'golang-golang-x-mod-dev'];

/** Compiles test/conformance/ledger-go with Debian's Go and its x/mod, installing them first where that is allowed. */
export async function buildGoVerifier(): Promise<(input: GoInput) => Promise<GoOutput>> {
  if (!(await isInstalled())) await install();
  await mkdir(folder, { recursive: true });
  const binary = join(folder, 'verify');
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOCACHE: join(folder, 'cache'),
  };
  await run('go', ['build', '-o', binary, source], { env });
  return async (input) => {
    const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify(input));
    return JSON.parse(await text(child.stdout)) as GoOutput;
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
