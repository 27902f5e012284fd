import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
export const nodeFlags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The words that run the command line as a program of its own. */
export function countersignCommand(...words: readonly string[]): { command: string; args: string[] } {
  return { command: process.execPath, args: [...nodeFlags, main, ...words] };
}

/** Runs one command of the real command line to its end. */
export async function runCountersign(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawnCountersign(words, options.environment);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

export type Event = Readonly<Record<string, unknown>> & { readonly event: string };

/** A command that goes on, such as `up`, telling JSON events one a line. */
export interface RunningCommand {
  /** The first event of this name, past or future. */
  waitFor(name: string): Promise<Event>;
  readonly events: readonly Event[];
  stderr(): string;
  /** Asks it to end as a person at the terminal does. */
  stop(): Promise<number | null>;
  /** Ends it as a crash does, with nothing said and nothing written. */
  kill(): void;
  /** Its exit code, once it has ended by itself. */
  ended(): Promise<number | null>;
}

export function startCountersign(
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
): RunningCommand {
  const child = spawnCountersign([...words, '--json'], environment);
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  let hasEnded = false;
  const wake = () => {
    for (const run of waiting) run();
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line));
    wake();
  });
  child.on('close', () => {
    hasEnded = true;
    wake();
  });
  return {
    events,
    stderr: () => stderr,
    waitFor: (name) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.find(({ event }) => event === name);
          if (found === undefined && !hasEnded) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`it ended before "${name}": ${stderr}`));
        };
        waiting.add(look);
        look();
      }),
    async stop() {
      if (!hasEnded) {
        child.kill('SIGINT');
        await once(child, 'close');
      }
      return child.exitCode;
    },
    kill: () => void child.kill('SIGKILL'),
    async ended() {
      if (!hasEnded) await once(child, 'close');
      return child.exitCode;
    },
  };
}

function spawnCountersign(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const { command, args } = countersignCommand(...words);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERSIGN_'));
  return spawn(command, args, { env: { ...Object.fromEntries(inherited), ...environment } });
}
