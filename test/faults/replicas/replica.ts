import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { countersignCommand } from '../../scenarios/run-countersign.ts';
import type { Wire } from './wire.ts';

export interface ReplicaOptions {
  readonly number: number;
  readonly folder: string;
  /** What the gateway says goes there. */
  readonly log: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly database: Wire;
  readonly bus: Wire;
}

/** `countersign up` as a process of its own, which a supervisor starts again whenever it has ended. */
export interface Replica {
  readonly number: number;
  readonly database: Wire;
  readonly bus: Wire;
  port(): number;
  /** How often it was started, by whomever. */
  starts(): number;
  /** How often another gateway had taken its place and it began anew by itself. */
  fenced(): number;
  /** The first one-time link it gave, if it did. */
  link(): string | null;
  /** Ends it as a crash does. The supervisor then starts it again, with its clock off by so much. */
  kill(clockMilliseconds?: number): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

const START_LIMIT_MILLISECONDS = 90_000;
/** As long as a service manager waits. */
const RESTART_MILLISECONDS = 500;
const SHIFT = fileURLToPath(new URL('./shift-clock.ts', import.meta.url));

/** Resolves when it serves for the first time. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  let child: ChildProcess | undefined;
  let clock = 0;
  let [port, starts, fenced, isOver] = [0, 0, 0, false];
  let link: string | null = null;
  let announceReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    announceReady = resolve;
  });
  const log = createWriteStream(options.log, { flags: 'a', mode: 0o600 });
  const hear = (line: string): void => {
    log.write(`${line}\n`);
    const event = JSON.parse(line) as { event?: string; port?: number; administratorLink?: string | null };
    if (event.event === 'fenced') fenced += 1;
    if (event.event !== 'ready') return;
    port = event.port ?? 0;
    link ??= event.administratorLink ?? null;
    announceReady();
  };
  const run = async (): Promise<void> => {
    starts += 1;
    child = spawnReplica(options, port, clock);
    const own = child;
    const ended = new Promise<void>((resolve) => own.once('close', () => resolve()));
    own.stderr?.on('data', (bytes: Buffer) => log.write(bytes));
    if (own.stdout !== null) createInterface({ input: own.stdout }).on('line', hear);
    await ended;
  };
  const supervising = (async () => {
    while (!isOver) {
      await run();
      if (!isOver) await sleep(RESTART_MILLISECONDS);
    }
  })();
  const end = (how: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const own = child;
    if (own === undefined || own.exitCode !== null || own.signalCode !== null) return Promise.resolve();
    const ended = new Promise<void>((resolve) => own.once('close', () => resolve()));
    own.kill(how);
    return ended;
  };
  const timeout = sleep(START_LIMIT_MILLISECONDS, 'late', { ref: false });
  if ((await Promise.race([ready, timeout])) === 'late') {
    isOver = true;
    await end('SIGKILL');
    throw new Error(`gateway ${options.number} did not start; see ${options.log}`);
  }
  return {
    number: options.number,
    database: options.database,
    bus: options.bus,
    port: () => port,
    starts: () => starts,
    fenced: () => fenced,
    link: () => link,
    async kill(clockMilliseconds = 0) {
      clock = clockMilliseconds;
      await end('SIGKILL');
    },
    async stop() {
      isOver = true;
      await end('SIGKILL');
      await supervising;
      log.end();
    },
  };
}

function spawnReplica({ folder, environment }: ReplicaOptions, port: number, clock: number): ChildProcess {
  const words = ['up', '--no-demo', '--json', '--port', String(port), '--data', folder];
  const { command, args } = countersignCommand(...words);
  const shift = clock === 0 ? [] : ['--import', SHIFT];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERSIGN_'));
  return spawn(command, [...shift, ...args], {
    env: { ...Object.fromEntries(inherited), ...environment, SHIFT_CLOCK_MILLISECONDS: String(clock) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
