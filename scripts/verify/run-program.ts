import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../check/tree.ts';

export interface ProgramResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a program of node_modules on this Node, with its output kept and its time bounded. Stdin is closed. */
export function runProgram(
  script: string,
  args: readonly string[],
  limitSeconds: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(repositoryRoot, 'node_modules', script), ...args], {
      cwd: repositoryRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment, NO_COLOR: '1', FORCE_COLOR: undefined },
      detached: process.platform !== 'win32',
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => {
      output += `\nstopped after ${limitSeconds} s\n`;
      killGroup(child.pid);
    }, limitSeconds * 1000);
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ code: code ?? 1, output });
    });
  });
}

/** The program and what it started; on Windows the program alone. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
