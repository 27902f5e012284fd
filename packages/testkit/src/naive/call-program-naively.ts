import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { StdioProgram } from '../upstreams/stdio-programs.ts';

export interface NaiveProgram {
  /** Sends a message and waits for a line with its id; for ever, if need be. */
  call(body: string): Promise<string>;
  close(): void;
}

/** One process for everybody, started once. What it dies of or babbles is not looked at. */
export function startNaiveProgram({ command, args }: StdioProgram): NaiveProgram {
  const child: ChildProcess = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map<string, (line: string) => void>();
  child.stdin?.on('error', () => {});
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const id = /"id":("[^"]*"|\d+)/.exec(line)?.[1] ?? '';
      waiting.get(id)?.(line);
      waiting.delete(id);
    });
  }
  return {
    call: (body) =>
      new Promise((resolve) => {
        waiting.set(JSON.stringify((JSON.parse(body) as { id: unknown }).id), resolve);
        child.stdin?.write(`${JSON.stringify(JSON.parse(body))}\n`);
      }),
    close: () => void child.kill('SIGKILL'),
  };
}
