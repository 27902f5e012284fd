import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** As `npm start` runs the gateway; what it is compared with runs the same way. */
const workspace: { readonly scripts: { readonly start: string } } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
const startFlags = workspace.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** A process of its own, so that what is measured shares no event loop with the load. */
export interface Child {
  readonly port: number;
  /** Sends a message and gives the one that answers it; one at a time. Rejects when the process ends instead. */
  ask<Answer>(message: object): Promise<Answer>;
  /** Processor time so far, all threads. */
  cpuMicroseconds(): Promise<number>;
  /** Memory it holds now, megabytes; not a number where the system has no `/proc`. */
  residentMegabytes(): number;
  stop(): Promise<void>;
}

/** Starts one file of this folder and waits until it listens. */
export async function startChild(file: string, args: readonly string[]): Promise<Child> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, [...args], {
    execArgv: [...startFlags, ...profileFlags(file)],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { port } = await nextMessage<{ port: number }>(child, file);
  const ask = <Answer>(message: object): Promise<Answer> => {
    const answer = nextMessage<Answer>(child, file);
    child.send(message);
    return answer;
  };
  return {
    port,
    ask,
    cpuMicroseconds: async () => (await ask<{ microseconds: number }>({ kind: 'cpu' })).microseconds,
    residentMegabytes: () => readResident(child.pid),
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function readResident(pid: number | undefined): number {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return Number.NaN;
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'))?.[1]) / 1024;
}

function nextMessage<Message>(child: ChildProcess, file: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => {
      child.removeListener('message', onMessage);
      reject(new Error(`${file} ended with ${code}`));
    };
    const onMessage = (message: unknown): void => {
      child.removeListener('exit', onExit);
      if (typeof message === 'object' && message !== null && 'error' in message)
        reject(new Error(`${file}: ${message.error}`));
      else resolve(message as Message);
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}

/** `BENCH_PROFILE=<folder>` leaves a CPU profile of each gateway thread there. */
function profileFlags(file: string): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder === undefined || !/(?:gateway|issuer)\.ts$/.test(file)
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
