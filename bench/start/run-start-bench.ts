import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, BenchReport } from '../main.ts';
import { median } from '../statistics.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const startsARound = 3;

/** From the process to the line that says it is ready: in an empty folder, and in one that was used before. */
export async function runStartBench(options: BenchOptions): Promise<BenchReport> {
  const first: number[] = [];
  const again: number[] = [];
  // The first of all fills the compile cache, as the set-up of `npm start` does.
  await startTwice();
  for (let i = 0; i < options.rounds * startsARound; i++) {
    const took = await startTwice();
    first.push(took.first);
    again.push(took.again);
  }
  options.progress(`${first.length} starts of each kind`);
  return {
    figures: { first_start_ms: median(first), next_start_ms: median(again) },
    notes: [`slowest: ${Math.max(...first).toFixed(0)} and ${Math.max(...again).toFixed(0)} ms`],
  };
}

async function startTwice(): Promise<{ readonly first: number; readonly again: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  try {
    return { first: await measureStart(folder), again: await measureStart(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureStart(folder: string): Promise<number> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  const flags = scripts.start.split(' ').filter((word) => word.startsWith('--'));
  const words = ['up', '--no-demo', '--port', '0', '--json'];
  const begunAt = performance.now();
  const child = spawn(process.execPath, [...flags, join(root, 'packages/cli/src/main.ts'), ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if ((JSON.parse(line) as { readonly event?: unknown }).event === 'ready')
        return performance.now() - begunAt;
    }
    throw new Error('it ended before it was ready');
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
