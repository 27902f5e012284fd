import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly folder: string;
  readonly environment?: { readonly [name: string]: string };
}

const MAIN = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));
const CONDITIONS = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];

/** The command as a process, which knows nothing of the test but its folder and what it is told. */
export function startCountersign(
  words: readonly string[],
  { folder, environment = {} }: RunOptions,
): ChildProcessWithoutNullStreams {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return spawn(process.execPath, [...CONDITIONS, MAIN, ...words], {
    cwd: folder,
    env: { PATH, NODE_COMPILE_CACHE, HOME: folder, NO_COLOR: '1', ...environment },
  });
}

export function runCountersign(words: readonly string[], options: RunOptions): Promise<Finished> {
  const child = startCountersign(words, options);
  child.stdin.end();
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
