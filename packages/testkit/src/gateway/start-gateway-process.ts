import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { useTestDatabase } from '../postgres/use-test-database.ts';
import { driveGateway } from './drive-gateway.ts';
import type { GatewayDriver } from './test-gateway.ts';

export interface GatewayProcessOptions {
  readonly folder: string;
  readonly port?: number;
  /** No file may grow beyond this: what a full disk looks like to a process. */
  readonly maxFileKilobytes?: number;
  /** A PostgreSQL server, on which the folder then has a database of its own. */
  readonly databaseServer?: string;
  /** As `COUNTERSIGN_…` variables. */
  readonly environment?: { readonly [name: string]: string };
  /** Kills it when aborted, also while it is starting. */
  readonly signal?: AbortSignal;
}

export interface GatewayProcess extends GatewayDriver {
  readonly pid: number;
  /** Ends it without a word, as a crash does. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./gateway-program.ts', import.meta.url));
const START_LIMIT_MILLISECONDS = 60_000;

/** Starts the real server as a process on an existing data folder. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { folder, port = 0, maxFileKilobytes, signal } = options;
  const node = [process.execPath, '--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  const command = [...node, PROGRAM, folder, String(port)];
  const { environment } = await useTestDatabase(folder, options.databaseServer);
  const limit = maxFileKilobytes === undefined ? '' : `ulimit -f ${maxFileKilobytes}; `;
  const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...command], {
    env: { ...process.env, ...environment, ...options.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('error', () => {});
  const { url, link } = await readFirstLine(child).catch(async (error: unknown) => {
    // The next process on the folder needs this one to be gone, not only silent.
    await exited;
    throw error;
  });
  const driver = await driveGateway({ url, folder, link, now: Date.now });
  const end = async (how: 'SIGKILL' | 'SIGTERM') => {
    child.kill(how);
    await exited;
  };
  const pid = child.pid ?? 0;
  return Object.assign(driver, { pid, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') });
}

async function readFirstLine(child: ChildProcess): Promise<{ url: string; link: string | null }> {
  if (child.stdout === null) throw new Error('the server has no output');
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MILLISECONDS);
  try {
    for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
    throw new Error('the server ended before it was ready');
  } finally {
    clearTimeout(timer);
  }
}
